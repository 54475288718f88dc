import type { ReportData } from '../report-data.js';
import { Report } from './report.js';

const data = JSON.parse(document.getElementById('data')?.textContent ?? '{}') as ReportData;
new Report(data).mount(document.body);
