import { basename } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { epollModule } from '@escapement/io';
import { atomicsWaitModule, busyWaitModule, setTimeoutModule } from 'escapement';

/** The strategies, by the name that `--strategy` takes. */
export const strategies = {
  'busy-wait': busyWaitModule,
  'atomics-wait': atomicsWaitModule,
  'set-timeout': setTimeoutModule,
  epoll: epollModule,
};

export type StrategyName = keyof typeof strategies;

export const programName = basename(process.argv[1] ?? 'example', '.js');

const common = {
  strategy: { type: 'string', default: 'set-timeout' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const COMMON_HELP = `\
  --strategy NAME  how the loop waits: ${Object.keys(strategies).join(', ')}; set-timeout if left out
  --help           this text`;

/** The options of a server. If one is wrong, prints why and exits with status 2. */
export function serverOptions(summary: string, defaultPort: number) {
  const help = `Usage: ${programName} [OPTIONS]

${summary}

  --host ADDRESS   where to listen; 127.0.0.1 if left out, 0.0.0.0 for all of IPv4, :: for all
  --port NUMBER    0 for any that is free; ${defaultPort} if left out
${COMMON_HELP}`;
  const { values } = parse(help, {
    options: {
      ...common,
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: String(defaultPort) },
    },
  });
  return { strategy: strategyNamed(values.strategy), host: values.host, port: portOf(values.port) };
}

/** The options of a program that takes operands: `operands` names them in its help. Otherwise as `serverOptions`. */
export function programOptions(summary: string, operands: string) {
  const help = `Usage: ${programName} [OPTIONS] ${operands}\n\n${summary}\n\n${COMMON_HELP}`;
  const { values, positionals } = parse(help, { options: common, allowPositionals: true });
  return { strategy: strategyNamed(values.strategy), operands: positionals };
}

/** Reports a wrong command line and exits with status 2. */
export function refuse(problem: string): never {
  console.error(`${programName}: ${problem}\nTry ${programName} --help`);
  process.exit(2);
}

function parse<const C extends ParseArgsConfig>(help: string, config: C): ReturnType<typeof parseArgs<C>> {
  try {
    const parsed = parseArgs(config);
    if (!(parsed.values as { help: boolean }).help) return parsed;
  } catch (error) {
    refuse((error as Error).message);
  }
  console.log(help);
  process.exit(0);
}

function strategyNamed(name: string): StrategyName {
  if (Object.hasOwn(strategies, name)) return name as StrategyName;
  refuse(`there is no strategy '${name}', expected one of ${Object.keys(strategies).join(', ')}`);
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  refuse(`'${text}' is no port, expected a whole number from 0 to 65535`);
}
