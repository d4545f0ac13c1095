export { InventoryPage as default } from './InventoryPage';
