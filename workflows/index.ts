export { lifecycle } from './lifecycle.ts';
export { monitor } from './monitor.ts';
export { probation } from './probation.ts';
export { retrain } from './retrain.ts';
