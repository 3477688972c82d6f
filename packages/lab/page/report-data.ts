import type { ReportData } from '../src/views/html/html-report.js';

/** What `htmlReport` put into the page. */
export async function readReportData(): Promise<ReportData> {
  const text = document.getElementById('report-data')!.textContent;
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return (await new Response(unpacked).json()) as ReportData;
}
