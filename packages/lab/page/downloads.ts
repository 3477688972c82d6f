import type { Results } from '../src/results/results.js';

/** Offers a file to save. */
export function save(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Every sample on a line of its own. */
export function samplesCsv(results: Results): string {
  const lines = ['scenario,subject,setting,unit,round,at_ms,sample,us'];
  for (const scenario of results.scenarios) {
    for (const row of scenario.rows) {
      const head = [scenario.name, row.subject.name, row.setting, scenario.unit].map(field).join(',');
      for (const { round, at, samplesUs } of row.rounds) {
        for (const [n, us] of samplesUs.entries()) lines.push(`${head},${round},${at},${n},${us}`);
      }
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** As RFC 4180 has it; a spreadsheet would run a text that begins like a formula, so that gets a quote before it. */
function field(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function svgText(chart: SVGSVGElement): string {
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return new XMLSerializer().serializeToString(chart);
}

/** Twice as many pixels as the chart has, for screens that have them. */
export async function png(chart: SVGSVGElement): Promise<Blob> {
  const scale = 2;
  const url = URL.createObjectURL(new Blob([svgText(chart)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Number(chart.getAttribute('width')) * scale;
    canvas.height = Number(chart.getAttribute('height')) * scale;
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('this browser makes no PNG'))), 'image/png');
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
