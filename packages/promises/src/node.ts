export {
  ChildProcess,
  ChildProcessError,
  type ChildProcessOptions,
  childProcess,
  type Exit,
  type Stdio,
} from './child-process.js';
