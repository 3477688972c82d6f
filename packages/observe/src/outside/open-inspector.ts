import { existsSync } from 'node:fs';
import { type Duration, safely } from '@escapement/core';
import { LookError } from './errors.js';
import { inspectorAt } from './inspector-address.js';
import { NUDGE_AFTER, Nudger } from './nudger.js';
import * as proc from './proc.js';

/** The inspector of a process. */
export interface Inspector {
  /** The address of its WebSocket. */
  readonly url: string;
  /** It was closed before, so that it has to be closed again. */
  readonly isOurs: boolean;
  /** Undefined if no signal may be sent. */
  readonly nudger?: Nudger | undefined;
  /**
   * Resolves to whether the main thread is surely out of the code that opens the inspector. That runs JavaScript of Node's, in which
   * the thread may answer already; to close the inspector in there crashes the process.
   */
  readonly isOpened?: () => Promise<boolean>;
  /** The address of the inspector, if it is open still, or a nudge that took effect too late has opened it again. */
  readonly reopened?: () => Promise<string | undefined>;
}

const DEFAULT_PORT = 9229;
const STEP: Duration = 5;
/** So long a process whose inspector is open already may take to answer before a signal is sent to it. */
const PATIENCE: Duration = 1000;
/** So long after a signal an inspector that was closed is watched, in case that the signal opens it again. */
const REOPENING: Duration = 200;
/** How long the opening may take on a machine that is very busy. */
const OPENING: Duration = 10_000;
const REST: Duration = 50;
/** In hundredths of a second. */
const LONG_ENOUGH = 3;
/** So long a process may take to open its inspector while its port is free, before other sockets of it are tried. */
const USUAL: Duration = 1000;

/**
 * Finds the inspector of a process, or opens it with SIGUSR1, which needs no turn of the process's own loop. Sends no signal
 * before it is sure that the process takes it: to any other it would be the end.
 *
 * @param patience in milliseconds
 * @throws LookError
 */
export async function openInspector(pid: number, patience: Duration): Promise<Inspector> {
  check(pid);
  const options = optionsOf(pid);
  const found = await openAlready(pid, options);
  const takesSignal = proc.takesSigusr1(pid);
  // It may be what another command, which was killed, has left open. Then a loop under `epoll` answers to a signal only.
  if (found !== undefined) {
    return { url: found.url, isOurs: false, nudger: takesSignal ? new Nudger(pid, PATIENCE) : undefined };
  }
  if (!takesSignal) throw noSignalHandler(pid, options);
  return openedBySignal(pid, options, Date.now() + patience);
}

/** The options of Node that matter here. */
interface InspectorOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** The program was started with the inspector open. */
  readonly isOpen: boolean;
  /** The option that keeps Node from taking SIGUSR1. */
  readonly forbids: string | undefined;
}

function optionsOf(pid: number): InspectorOptions {
  const options = proc.nodeOptionsOf(pid);
  const given = options.flatMap(option => {
    const [, port] = /^--(?:inspect(?:-brk|-wait|-port)?|debug-port)=(?:.*:)?(\d+)$/.exec(option) ?? [];
    return port === undefined ? [] : [Number(port)];
  });
  return {
    port: given.at(-1) ?? DEFAULT_PORT,
    isOpen: options.some(option => /^--inspect(?:-brk|-wait)?(?:=|$)/.test(option)),
    forbids: options.find(option => /^--(?:disable-sigusr1|permission|experimental-permission)$/.test(option)),
  };
}

/** @throws LookError if the process cannot be looked at, whatever its inspector does */
function check(pid: number): void {
  if (!existsSync('/proc/self/status')) {
    throw new LookError(
      'ESC_NO_SIGNAL',
      `Only on Linux can the inspector of process ${pid} be found by its number. Start the program with --inspect=<port>, and say --port <port> here.`,
    );
  }
  const state = readOf(pid, () => proc.statusOf(pid, 'State'));
  if (/^[ZX]/.test(state ?? '')) throw new LookError('ESC_NO_PROCESS', `Process ${pid} has ended.`);
  const leader = readOf(pid, () => proc.statusOf(pid, 'Tgid'));
  if (leader !== String(pid)) {
    throw new LookError('ESC_NO_PROCESS', `${pid} is a thread of process ${leader}. Ask for that.`);
  }
  const program = readOf(pid, () => proc.programOf(pid));
  if (!/^node/i.test(program)) {
    throw new LookError(
      'ESC_NOT_NODE',
      `Process ${pid} runs ${program}, not node. If it has Node in it and its inspector is open, say at which port: --port <port>.`,
    );
  }
  if (/^[Tt]/.test(state ?? '')) {
    throw new LookError('ESC_NO_ANSWER', `Process ${pid} is stopped. Let it go on: kill -CONT ${pid}`);
  }
  if (!readOf(pid, () => proc.sharesNetwork(pid))) {
    throw new LookError(
      'ESC_OTHER_NETWORK',
      `Process ${pid} has a network of its own, as in a container. Run this command in there, with the number that the process has in there.`,
    );
  }
}

/** @throws LookError */
function readOf<T>(pid: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') throw new LookError('ESC_NO_PROCESS', `There is no process ${pid}.`);
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new LookError(
      'ESC_NO_PERMISSION',
      `Process ${pid} belongs to another user. Run this command as that user, or as root.`,
    );
  }
}

/** The inspector if it is where the options say. Other sockets of the process are no business of ours. */
function openAlready(pid: number, { port, isOpen }: InspectorOptions): Promise<Found | undefined> {
  const isLikely = (socket: proc.ListeningSocket) =>
    socket.port === port || (port === 0 && (isOpen || socket.isLoopback));
  return firstInspector(socketsOf(pid).filter(isLikely));
}

interface Found {
  readonly url: string;
  readonly port: number;
}

async function firstInspector(sockets: readonly proc.ListeningSocket[]): Promise<Found | undefined> {
  for (const { host, port } of sockets) {
    const url = await inspectorAt(host, port);
    if (url !== undefined) return { url, port };
  }
  return undefined;
}

async function openedBySignal(pid: number, options: InspectorOptions, endsAt: number): Promise<Inspector> {
  const before = new Set(socketsOf(pid).map(({ port }) => port));
  let found: Found | undefined;
  const nudger = new Nudger(pid);
  do {
    await untilFree(pid, options.port, endsAt);
    const usualEnd = Math.min(endsAt, Date.now() + USUAL);
    signal(pid);
    found = await newInspector(pid, before, Math.min(usualEnd, Date.now() + NUDGE_AFTER));
    // A thread that waits in a system call goes on at a signal, and by now it finds what the first has left for it.
    found ??= await nudgedOpen(pid, before, nudger, usualEnd);
    // Another process may have taken the port between our look and the signal.
  } while (found === undefined && Date.now() < endsAt && isTaken(pid, options.port));
  if (found !== undefined) return opened(pid, found, before, nudger);
  // The program may have opened its inspector itself, at a port of its choice. Then the signal changed nothing.
  found = await firstInspector(socketsOf(pid));
  if (found !== undefined) return { url: found.url, isOurs: found.port === options.port };
  found = await nudgedOpen(pid, before, nudger, endsAt);
  if (found !== undefined) return opened(pid, found, before, nudger);
  throw notOpened(pid);
}

function opened(pid: number, { url }: Found, before: ReadonlySet<number>, nudger: Nudger): Inspector {
  return {
    url,
    isOurs: true,
    nudger,
    isOpened: () => isOpened(pid, Date.now() + OPENING),
    reopened: async () => (await newInspector(pid, before, nudger.lastRisk + REOPENING).catch(() => undefined))?.url,
  };
}

/** With ever longer pauses, because the program may listen for the signal itself. */
async function nudgedOpen(
  pid: number,
  before: ReadonlySet<number>,
  nudger: Nudger,
  endsAt: number,
): Promise<Found | undefined> {
  let found: Found | undefined;
  for (let pause = NUDGE_AFTER; found === undefined && Date.now() < endsAt; pause *= 2) {
    nudger.nudge();
    found = await newInspector(pid, before, Math.min(endsAt, Date.now() + pause));
  }
  return found;
}

/** It rests, or has computed for longer than that takes, while nothing was asked. */
async function isOpened(pid: number, endsAt: number): Promise<boolean> {
  const before = safely(() => proc.mainThreadOf(pid))?.computed ?? Infinity;
  while (Date.now() < endsAt) {
    await delay(REST);
    const now = safely(() => proc.mainThreadOf(pid));
    if (now === undefined) return false;
    if (now.isAsleep || now.computed >= before + LONG_ENOUGH) return true;
  }
  return false;
}

async function newInspector(pid: number, before: ReadonlySet<number>, endsAt: number): Promise<Found | undefined> {
  while (Date.now() < endsAt) {
    const found = await firstInspector(socketsOf(pid).filter(({ port }) => !before.has(port)));
    if (found !== undefined) return found;
    await delay(STEP);
  }
  return undefined;
}

function socketsOf(pid: number): proc.ListeningSocket[] {
  return readOf(pid, () => proc.listeningSocketsOf(pid));
}

function signal(pid: number): void {
  readOf(pid, () => process.kill(pid, 'SIGUSR1'));
}

/** Another `ps` may end at any moment. @throws LookError if the port is not free in time */
async function untilFree(pid: number, port: number, endsAt: number): Promise<void> {
  while (isTaken(pid, port)) {
    if (Date.now() > endsAt - USUAL) throw portTaken(pid, port);
    await delay(10 * STEP);
  }
}

function isTaken(pid: number, port: number): boolean {
  const holder = port === 0 ? undefined : proc.holderOf(port);
  return holder !== undefined && holder.pid !== pid;
}

function portTaken(pid: number, port: number): LookError {
  const holder = proc.holderOf(port)?.pid;
  const who = holder === undefined ? 'another process' : `process ${holder}`;
  return new LookError(
    'ESC_INSPECTOR_PORT',
    `Process ${pid} would open its inspector at port ${port}, but ${who} has that. End that, or start the program with --inspect-port=0, which takes any free port.`,
  );
}

function notOpened(pid: number): LookError {
  return new LookError(
    'ESC_INSPECTOR_OFF',
    `Process ${pid} took SIGUSR1, but did not open its inspector in time. Its main thread may be in a system call or an addon, where no JavaScript runs: --timeout <s> waits longer. It opens the inspector after that, and nobody closes it then. Or the program listens for SIGUSR1 itself, which keeps Node from it: start it with --inspect=<port>, and say --port <port> here.`,
  );
}

function noSignalHandler(pid: number, { forbids }: InspectorOptions): LookError {
  const message =
    forbids === undefined
      ? `Process ${pid} does not take SIGUSR1, so its inspector cannot be opened from outside: its Node was built without the inspector, or has only just started.`
      : `Process ${pid} was started with ${forbids}, so its inspector cannot be opened from outside. Start it without that, or with --inspect=<port>.`;
  return new LookError('ESC_INSPECTOR_OFF', message);
}

function delay(duration: Duration): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, duration));
}
