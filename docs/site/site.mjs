import { readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import {
  Application,
  Converter,
  DocumentReflection,
  IndexEvent,
  MinimalSourceFile,
  normalizePath,
  PageEvent,
  RendererEvent,
} from 'typedoc';
import { sections } from './contents.mjs';
import { hiddenTypes } from './hidden-types.mjs';
import { configure } from './markdown.mjs';
import { createProgram, readPackages } from './packages.mjs';
import { readSections } from './pages.mjs';
import { createRouter } from './router.mjs';
import { Sections } from './search.mjs';
import { createTheme, neighbours, openSections } from './theme.mjs';

const LANGUAGES = ['ts', 'js', 'json', 'yaml', 'sh', 'python', 'kotlin', 'text'];
/** Files of the repository that become a page with their text when a page links to them. Others are copied. */
const SOURCES = ['.ts', '.mjs', '.json'];

const VALIDATION = { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true };

/** The site of the documentation: the pages of contents.mjs, the READMEs and the API of the packages. */
export class Site {
  #root;
  #targets = new Map();

  constructor(root) {
    this.#root = root;
    this.sections = readSections(root, sections);
    this.packages = readPackages(root);
  }

  get #pages() {
    return this.sections.flatMap(({ pages }) => pages);
  }

  /** What TypeDoc makes the page of a Markdown file of: a document, or for the README the project. */
  targetOf({ file }) {
    return this.#targets.get(file);
  }

  /** @returns {Promise<number>} how many errors and warnings there were */
  async build(out) {
    const app = await Application.bootstrap(this.#options(), []);
    app.options.setValue('markdownItLoader', configure);
    app.renderer.defineRouter('site', createRouter(this.#root));
    app.renderer.defineTheme('site', createTheme(this));
    app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => this.#addReadmes(app, project));
    app.converter.on(Converter.EVENT_CREATE_PARAMETER, (_, parameter) => {
      parameter.name = parameter.name.replace(/^_/, ''); // which says to the compiler only that it is not used
    });
    app.renderer.on(RendererEvent.BEGIN, ({ project }) => this.#prepareSearch(app, project));
    app.renderer.on(PageEvent.END, page => {
      page.contents = fromDisk(page.contents);
    });
    app.renderer.hooks.on('head.end', () => openSections(this));
    app.renderer.hooks.on('content.end', context => neighbours(this, context));
    const program = createProgram(this.#root, this.packages);
    const project = app.converter.convert(
      this.packages
        .flatMap(({ entryPoints }) => entryPoints)
        .map(({ name, source }) => ({ displayName: name, program, sourceFile: program.getSourceFile(source) })),
    );
    this.#nameDocuments(project);
    this.#addSources(project);
    this.#validate(app, project);
    await app.generateDocs(project, out);
    return app.logger.errorCount + app.logger.warningCount;
  }

  #options() {
    const documents = this.#pages.map(({ file }) => file).filter(file => file !== 'README.md');
    return {
      name: 'Escapement',
      readme: join(this.#root, 'README.md'),
      basePath: this.#root,
      projectDocuments: documents.map(file => join(this.#root, file)),
      router: 'site',
      theme: 'site',
      highlightLanguages: LANGUAGES,
      customCss: join(import.meta.dirname, 'custom.css'),
      searchInComments: true,
      searchInDocuments: true,
      navigation: { includeCategories: false, includeGroups: false, includeFolders: false, excludeReferences: true },
      headings: { readme: false, document: false },
      excludeExternals: true,
      excludeInternal: true,
      excludePrivate: true,
      disableSources: true,
      disableGit: true,
      includeHierarchySummary: false,
      hideGenerator: true,
      githubPages: false,
    };
  }

  /** TypeDoc looks for types that are used and not exported in one package only, that of the project. */
  #validate(app, project) {
    app.options.setValue('validation', { ...VALIDATION, notExported: false });
    app.validate(project);
    app.options.setValue('validation', { notExported: true });
    for (const { name } of this.packages) {
      app.options.setValue('intentionallyNotExported', hiddenTypes[name] ?? []);
      project.packageName = name;
      app.validate(project);
    }
    app.options.setValue('validation', VALIDATION);
    delete project.packageName;
  }

  /** The README of a package is the text of the page of its main entry point. */
  #addReadmes(app, project) {
    for (const { folder, entryPoints } of this.packages) {
      const file = normalizePath(join(folder, 'README.md'));
      const text = readFileSync(file, 'utf8').replace(/^# .*\n/, '');
      const module = project.children.find(({ name }) => name === entryPoints[0].name);
      module.readme = app.converter.parseRawComment(new MinimalSourceFile(text, file), project.files).content;
      project.files.registerReflectionPath(file, module);
    }
  }

  #nameDocuments(project) {
    this.#targets.set('README.md', project);
    for (const document of project.documents) {
      const file = relative(this.#root, project.files.getReflectionPath(document));
      document.name = this.#pages.find(page => page.file === file).title;
      this.#targets.set(file, document);
    }
  }

  #addSources(project) {
    for (const path of project.files.getMediaPaths()) {
      if (!SOURCES.includes(extname(path))) continue;
      const name = relative(this.#root, path);
      const text = `# ${name}\n\n\`\`\`\`\`${extname(path).slice(1).replace('mjs', 'js')}\n${readFileSync(path, 'utf8')}\`\`\`\`\`\n`;
      const document = new DocumentReflection(name, project, [{ kind: 'text', text }], {});
      document.relevanceBoost = 0; // not found by a search
      project.addChild(document);
      project.registerReflection(document, undefined, path);
    }
  }

  #prepareSearch(app, project) {
    const found = new Sections(app.renderer.router, project);
    const read = file => readFileSync(join(this.#root, file), 'utf8');
    const urlOf = target => app.renderer.router.getFullUrl(target);
    for (const page of this.#pages) {
      const target = this.targetOf(page);
      found.add(target, urlOf(target), page.title, read(page.file));
    }
    for (const { folder, entryPoints } of this.packages) {
      const module = project.children.find(({ name }) => name === entryPoints[0].name);
      found.add(module, urlOf(module), module.name, read(relative(this.#root, join(folder, 'README.md'))));
    }
    app.renderer.on(IndexEvent.PREPARE_INDEX, event => {
      event.searchResults = event.searchResults.filter(({ relevanceBoost }) => relevanceBoost !== 0);
      event.searchFields = event.searchResults.map(target => found.fieldsOf(target));
    });
  }
}

/** A browser loads no icons from another file of the disk, and shows a folder in place of its index. */
function fromDisk(html) {
  return html
    .replace(/<use href="[^"#]*assets\/icons\.svg#/g, '<use href="#')
    .replace(/<a href="((?:\.\.?\/)+)(?=["#])/g, '<a href="$1index.html');
}
