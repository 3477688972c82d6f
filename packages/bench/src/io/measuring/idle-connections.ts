import { fileURLToPath } from 'node:url';
import { type Cores, withDescriptors } from '../../system/commands.js';
import { Child } from '../processes/child.js';

const CLIENT = fileURLToPath(new URL('../clients/idle-client.js', import.meta.url));

/** Opens connections to a server that are idle after a first message. @returns the process that holds them open */
export async function openIdle(port: number, connections: number, cores: Cores): Promise<Child> {
  const command = [process.execPath, CLIENT, String(port), String(connections)];
  const client = new Child('the idle client', withDescriptors(connections + 100, cores.forClient(command))!);
  await client.firstLine();
  return client;
}
