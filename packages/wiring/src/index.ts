// Before any decorated class is loaded: constructor injection reads the emitted types.
import 'reflect-metadata/lite';

// So that a plugin need not depend on inversify itself, and loads no second copy of it.
export { Container, decorate, inject, injectable, type Newable, type ServiceIdentifier } from 'inversify';
export { createLoop } from './create-loop.js';
export {
  ClockMismatchError,
  ContainerChangedError,
  DuplicatePluginError,
  MissingMetadataError,
  NotAModuleError,
  NotAProviderError,
} from './errors.js';
export { handlerModule } from './handler-module.js';
export { type EventsOf, LoopModule } from './loop-module.js';
export { fifoOnPolicyFaultModule, OnPolicyFault, policyModule } from './policy-module.js';
export { type Provider, type ProviderArguments, type Recipe, recipeOf, type TokensOf } from './provider.js';
export { Instruments, loopModule } from './wired-loop.js';
