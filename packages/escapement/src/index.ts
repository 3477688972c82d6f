export * from '@escapement/core';
export * from '@escapement/sleep';
export * from '@escapement/strategies';
export * from '@escapement/wiring';
