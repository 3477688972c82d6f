import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { safely } from '@escapement/core';

/** A TCP socket of a process that takes connections. */
export interface ListeningSocket {
  /** An address that reaches it. */
  readonly host: string;
  readonly port: number;
  /** Only processes of this machine reach it. */
  readonly isLoopback: boolean;
}

/** SIGUSR1 is signal 10 on Linux. */
const SIGUSR1_BIT = 1n << 9n;

/** The field of `/proc/<pid>/status`, or of that of a thread; or undefined. */
export function statusOf(pid: number, field: string, thread?: number): string | undefined {
  const status = readFileSync(`/proc/${pid}${thread === undefined ? '' : `/task/${thread}`}/status`, 'utf8');
  return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(status)?.[1];
}

/** Whether a handler of the process takes SIGUSR1. To one without, the signal would be the end. */
export function takesSigusr1(pid: number): boolean {
  return (BigInt(`0x${statusOf(pid, 'SigCgt') ?? 0}`) & SIGUSR1_BIT) !== 0n;
}

/** Whether the main thread waits for something now, and how long it has computed, in hundredths of a second. */
export function mainThreadOf(pid: number): { readonly isAsleep: boolean; readonly computed: number } {
  const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
  // The name of the thread comes before, in parentheses, and may have any characters.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { isAsleep: /^[SD]$/.test(fields[0]!), computed: Number(fields[11]) + Number(fields[12]) };
}

/** SIGURG is signal 23. */
const SIGURG_BIT = 1n << 22n;

/** The threads beside the main thread that wait for descriptors, and run JavaScript: Node's own block SIGUSR1. */
export function pollingThreadsOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`).map(Number);
  return threads.filter(thread => {
    if (thread === pid) return false;
    const folder = `/proc/${pid}/task/${thread}`;
    // It may have ended by now; and where the kernel does not tell, it is 0.
    const waitsIn = safely(() => readFileSync(`${folder}/wchan`, 'utf8'));
    if (waitsIn === undefined || !/poll|^0?$/.test(waitsIn)) return false;
    const blocked = BigInt(`0x${safely(() => statusOf(pid, 'SigBlk', thread)) ?? 'f'.repeat(16)}`);
    return (blocked & (SIGUSR1_BIT | SIGURG_BIT)) === 0n;
  });
}

/** The file name of the program that the process runs: `node`. */
export function programOf(pid: number): string {
  return basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''));
}

/** Whether connections to the loopback address of the process and of this one reach the same sockets. */
export function sharesNetwork(pid: number): boolean {
  return readlinkSync(`/proc/${pid}/ns/net`) === readlinkSync('/proc/self/ns/net');
}

/** The number that the process has for itself: another one, if it runs in a namespace of its own. */
export function ownNumberOf(pid: number): number {
  const numbers = safely(() => statusOf(pid, 'NSpid')) ?? String(pid);
  return Number(numbers.split(/\s+/).at(-1));
}

/** The options of Node that may have their value in the argument behind them. */
const TAKES_VALUE =
  /^(?:-[rCe]|-p|-pe|--(?:require|import|(?:experimental-)?loader|conditions|eval|print|inspect-port|debug-port|env-file(?:-if-exists)?|title|input-type|run|watch-path|experimental-(?:default-type|config-file|policy)|(?:icu-data|diagnostic|report|cpu-prof|heap-prof)-dir|(?:report|heap-prof|cpu-prof)-(?:name|interval|filename|signal)|openssl-config|redirect-warnings|disable-warning|unhandled-rejections|dns-result-order|max-http-header-size|heapsnapshot-signal|localstorage-file|snapshot-blob|trace-event-categories|secure-heap(?:-min)?|tls-(?:cipher-list|keylog)|test-(?:name-pattern|skip-pattern|reporter(?:-destination)?|concurrency|timeout|shard|isolation)))$/;

/** The options of Node with which the process was started, each with its value: `--inspect-port=0`. */
export function nodeOptionsOf(pid: number): string[] {
  const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(1);
  const ofNode: string[] = [];
  for (let next = 0; args[next]?.startsWith('-') && args[next] !== '--'; next++) {
    const option = args[next]!;
    ofNode.push(TAKES_VALUE.test(option) ? `${option}=${args[++next]}` : option);
  }
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  const fromEnvironment = environment.find(entry => entry.startsWith('NODE_OPTIONS='))?.slice('NODE_OPTIONS='.length);
  return [...(fromEnvironment?.split(/\s+/) ?? []), ...ofNode];
}

/** The sockets of the process that take connections. */
export function listeningSocketsOf(pid: number): ListeningSocket[] {
  const inodes = socketInodesOf(pid);
  return listening(`/proc/${pid}/net`).filter(({ inode }) => inodes.has(inode));
}

/** Who takes connections at a port of this machine; undefined: nobody. */
export function holderOf(port: number): { readonly pid: number | undefined } | undefined {
  const holder = listening('/proc/self/net').find(socket => socket.port === port);
  if (holder === undefined) return undefined;
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  // Those of other users cannot be read.
  const pid = pids.find(name => safely(() => socketInodesOf(Number(name)).has(holder.inode)));
  return { pid: pid === undefined ? undefined : Number(pid) };
}

function socketInodesOf(pid: number): Set<string> {
  const inodes = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    // It may be closed by now.
    const target = safely(() => readlinkSync(`/proc/${pid}/fd/${fd}`));
    const inode = target === undefined ? undefined : /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

const LISTEN = '0A';

function listening(folder: string): (ListeningSocket & { readonly inode: string })[] {
  return ['tcp', 'tcp6'].flatMap(name => {
    const table = safely(() => readFileSync(`${folder}/${name}`, 'utf8')) ?? '';
    return table.split('\n').flatMap(line => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      if (state !== LISTEN) return [];
      const [address = '', port = ''] = local.split(':');
      return [{ ...addressOf(address), port: Number.parseInt(port, 16), inode }];
    });
  });
}

/** From the table, which has addresses as they are in memory: `0100007F` is 127.0.0.1. */
function addressOf(address: string): Pick<ListeningSocket, 'host' | 'isLoopback'> {
  if (address.length > 8) return { host: '::1', isLoopback: /^0{24}01000000$/.test(address) };
  const bytes = (address.match(/../g) ?? []).map(byte => Number.parseInt(byte, 16)).reverse();
  return { host: /^0+$/.test(address) ? '127.0.0.1' : bytes.join('.'), isLoopback: bytes[0] === 127 };
}
