export * from './RunDrawer';
