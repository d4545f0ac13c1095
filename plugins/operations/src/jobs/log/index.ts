export { LogViewer as default } from './LogViewer';
