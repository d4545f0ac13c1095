export { createProtocolEngine, trimRequests } from './protocolEngine';
