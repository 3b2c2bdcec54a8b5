import { defineModel } from '../../config/define-model.ts';

/** Will a flight out of New York arrive 15 minutes late or more? Its outcome is known hours after its departure. */
export default defineModel({
  name: 'flights',
  data: { path: 'nycflights13.parquet', label: 'target', time: 'time', labelTime: 'label_time' },
  // The outcome itself.
  exclude: ['arr_delay'],
});
