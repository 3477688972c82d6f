import { type Command, Option } from 'commander';
import { OutputFile } from '../results/output-file.js';
import type { Results } from '../results/results.js';
import { UsageError } from '../usage-error.js';
import { answerFor } from '../views/answer.js';
import { csv } from '../views/csv.js';
import { htmlReport } from '../views/html/html-report.js';
import { svgPicture } from '../views/html/svg-picture.js';
import { markdown } from '../views/markdown.js';

/** A form in which results are saved. */
interface Output {
  /** `'json'` for `--json FILE`. */
  readonly option: string;
  readonly description: string;
  render(results: Results): string | Promise<string>;
}

/** A new form is one more line. */
const OUTPUTS: readonly Output[] = [
  {
    option: 'json',
    description: 'the complete results, raw samples too',
    render: results => `${JSON.stringify(results)}\n`,
  },
  { option: 'html', description: 'a report with charts, in one file', render: htmlWithAnswer },
  { option: 'svg', description: 'lateness against CPU as a picture', render: results => svgPicture(results) },
  { option: 'markdown', description: 'the tables and the answer, for a pull request', render: markdown },
  { option: 'csv', description: 'a line of figures for each row', render: csv },
];

function htmlWithAnswer(results: Results): string {
  return htmlReport(results, { answer: answerFor(results) });
}

/** The files that the options name: `{ json: 'results.json' }`. */
export type OutputOptions = Readonly<Record<string, unknown>>;

/** Adds an option for each form. @param except the form that is there already */
export function addOutputOptions(command: Command, except?: string): Command {
  for (const { option, description } of OUTPUTS.filter(each => each.option !== except)) {
    command.addOption(new Option(`--${option} <file>`, `write ${description}`));
  }
  return command;
}

/** The files to write when there are results. */
export class Outputs {
  private constructor(private readonly files: readonly (readonly [Output, OutputFile])[]) {}

  /** @throws UsageError if one cannot be opened, or two are the same */
  static async at(options: OutputOptions): Promise<Outputs> {
    const files: (readonly [Output, OutputFile])[] = [];
    for (const output of OUTPUTS) {
      const path = options[output.option];
      if (typeof path !== 'string') continue;
      const twin = files.find(([, file]) => file.path === path);
      if (twin !== undefined)
        throw new UsageError(`--${output.option} ${path}: ${twin[1].option} writes this file, too.`);
      files.push([output, await OutputFile.at(`--${output.option}`, path)]);
    }
    return new Outputs(files);
  }

  /** Writes all that can be written. @returns a line for each that cannot */
  async write(results: Results): Promise<string[]> {
    const problems: string[] = [];
    for (const [output, file] of this.files) {
      try {
        await file.write(await output.render(results));
      } catch (error) {
        problems.push((error as Error).message);
      }
    }
    return problems;
  }
}
