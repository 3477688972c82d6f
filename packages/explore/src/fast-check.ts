export { GeneratedSchedule, type SchedulesOptions, schedules } from './integrations/schedules.js';
