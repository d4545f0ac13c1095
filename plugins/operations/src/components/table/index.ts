export * from './DataTable';
export * from './Pager';
export * from './useHeldRows';
export { ROW_LINK } from './useRowKeys';
