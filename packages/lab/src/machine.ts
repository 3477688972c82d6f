import os from 'node:os';

/** The machine that figures were measured on; they do not hold for any other. */
export interface Machine {
  /** The version of Node, with its `v`. */
  readonly node: string;
  /** The model, as the system names it. */
  readonly cpu: string;
  /** How many the process may use; the machine may have more. */
  readonly cores: number;
  /** `Linux 6.8.0 x64` */
  readonly os: string;
}

/** Asks Node what this machine is. */
export function describeMachine(): Machine {
  return {
    node: process.version,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: os.availableParallelism(),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
  };
}
