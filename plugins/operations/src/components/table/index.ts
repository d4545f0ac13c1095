export * from './columns';
export * from './DataTable';
export * from './LiveTable';
export * from './RowToggle';
export * from './useLiveRows';
export { ROW_LINK } from './useRowKeys';
