export * from './address';
export * from './cidr';
export * from './quota';
export * from './override';
export * from './usage';
export * from './OverrideTable';
