export * from '@escapement/combinators';
export * from '@escapement/core';
export * from '@escapement/sleep';
export * from '@escapement/sleep/module';
export * from '@escapement/strategies';
export * from '@escapement/strategies/module';
export * from '@escapement/wiring';
