export * from './PermissionHolders';
