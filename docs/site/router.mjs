import { relative } from 'node:path';
import { StructureRouter } from 'typedoc';
import { anchorOf } from './markdown.mjs';

/** Pages are where their Markdown files are in the repository, names of the API below `api/`. Anchors are those of GitHub. */
export function createRouter(root) {
  return class SiteRouter extends StructureRouter {
    buildPages(project) {
      const pages = super.buildPages(project).filter(({ url }) => url !== 'modules.html');
      this.fullUrls.set(project, 'index.html');
      for (const slugger of this.sluggers.values()) slugger.serialize = anchorOf;
      return pages;
    }

    getIdealBaseName(reflection) {
      if (!reflection.isDocument()) return `api/${super.getIdealBaseName(reflection).replace(/^_escapement\//, '')}`;
      return relative(root, reflection.project.files.getReflectionPath(reflection)).replace(/\.md$/, '');
    }
  };
}
