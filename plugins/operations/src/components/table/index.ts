export * from './columns';
export * from './DataTable';
export * from './LiveTable';
export * from './RowToggle';
export * from './useLiveRows';
export { ROW_ACTIONS, ROW_LINK, useRowKeys } from './useRowKeys';
