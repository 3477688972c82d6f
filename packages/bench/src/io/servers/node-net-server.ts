// The yardstick: sends the fixed answer through node:net. Prints its port.
import { type AddressInfo, createServer } from 'node:net';
import { ANSWER } from '../answer.js';

const server = createServer({ noDelay: true }, socket => {
  socket.on('data', () => socket.write(ANSWER));
  socket.on('error', () => {});
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, () => {
  console.log((server.address() as AddressInfo).port);
});
