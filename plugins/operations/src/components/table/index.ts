export * from './columns';
export * from './DataTable';
export * from './LiveTable';
export * from './useLiveRows';
export { ROW_LINK } from './useRowKeys';
