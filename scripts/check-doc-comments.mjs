// Counts the public names whose doc comment is missing or incomplete, and fails if there is one: `npm run check:docs`.
//
// Public is what an entry point of a published package exports, without what it passes on from another package, and the
// public and protected members of exported classes and interfaces. What is marked @internal is not public, nor is what an
// entry point `./internal` exports.
//
// What counts as a problem:
//
// - no comment. These need none of their own: a member that a base class or an interface describes (`override`, `implements`);
//   a member whose name is a symbol; what an error class adds; a field that the constructor's @param describes, or that is a
//   parameter of an event's constructor, because the function that makes the event describes it; a constructor without
//   parameters, of an error, or of an event, and the one that passes its plugins to a handler.
// - no unit: a number that is a time by its name (`timeout`, `delay`, ...) is neither a `Duration` nor an `Instant`, which say
//   "milliseconds" where they are declared, nor does its comment say which unit it has.
// - no errors: a function, method or constructor throws an error that it makes (`throw new SomeError`), or checks its arguments
//   with `check...()`, and no @throws says so. A member that is described elsewhere needs none. What is thrown through others
//   is beyond this check.
// - no example: an exported function or class has no @example, shows no call of itself in backquotes, and names in backquotes no
//   other public name that has an @example. Errors, events, handlers, strategies and policies need none: a function, a module
//   or a README shows their use. Nor does what a package with a command (`bin`) exports, which serves the command.
//
// It sees whether something is said, not whether that is true or helpful.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { SyntaxKind } from 'typescript/unstable/ast';
import { API, SignatureKind, SymbolFlags } from 'typescript/unstable/sync';

/** The repository, or for tests of this check a folder that has packages, too. */
const root = process.argv[2] ?? join(import.meta.dirname, '..');
const TIME_NAME = /(?:timeout|delay|duration|elapsed|interval|deadline|patience|Time)$/;
const UNIT = /\b(?:ms|milliseconds?|us|microseconds?|ns|nanoseconds?|s|seconds?|minutes?|hours?)\b/i;
const ERROR = /^Error$/;
const EVENT = /^LoopEvent$/;
const PLUGIN = /^(?:LoopEvent|EventHandler|SleepStrategy|SchedulingPolicy|Clock)$/;
const WITHOUT_EXAMPLE = /^(?:Error|LoopEvent|EventHandler|SleepStrategy|SchedulingPolicy|Clock)$/;

const packages = readdirSync(join(root, 'packages'))
  .map(folder => join(root, 'packages', folder))
  .filter(path => existsSync(join(path, 'package.json')) && existsSync(join(path, 'tsconfig.json')))
  .map(path => ({ path, manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) }))
  .filter(({ manifest }) => !manifest.private);

const api = new API({ cwd: root });
try {
  const configs = packages.map(({ path }) => join(path, 'tsconfig.json'));
  const snapshot = api.updateSnapshot({ openProjects: configs });
  const names = packages.flatMap((pack, index) => publicNames(pack, snapshot.getProject(configs[index])));
  const withExample = new Set(names.filter(({ tags }) => tags.includes('example')).map(({ name }) => name));
  const problems = names.flatMap(name => problemsOf(name, withExample));
  for (const { where, what, problem } of problems) console.error(`${where}: ${what} ${problem}`);
  const text = `${problems.length} problems in the doc comments of ${names.length} public names`;
  if (problems.length > 0) {
    console.error(`${text}. The header of scripts/check-doc-comments.mjs says what counts.`);
    process.exitCode = 1;
  } else console.log(text);
} finally {
  api.close();
}

/** The exported names of a package and their members, once each. */
function publicNames({ path, manifest }, project) {
  const { program, checker } = project;
  const seen = new Set();
  const names = [];
  for (const [entry, { types }] of Object.entries(manifest.exports ?? {})) {
    if (types === undefined || entry === './internal') continue;
    const file = program.getSourceFile(join(path, types.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts')));
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${manifest.name}: there is no source of ${types}`);
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (seen.has(symbol.id)) continue;
      seen.add(symbol.id);
      const name = describeSymbol(symbol, exported.name, project);
      if (name === undefined || !name.file.startsWith(`${path}/`) || name.tags.includes('internal')) continue;
      names.push({ ...name, isCommand: manifest.bin !== undefined }, ...membersOf(name, project));
    }
  }
  return names;
}

function describeSymbol(symbol, name, project) {
  const declarations = symbol.declarations.map(handle => handle.resolve(project)).filter(node => node !== undefined);
  if (declarations.length === 0) return undefined;
  const node = declarations[0];
  const { fileName: file, text } = node.getSourceFile();
  const tags = project.checker.getJsDocTagsOfSymbol(symbol);
  return {
    name,
    symbol,
    node,
    file,
    line: text.slice(0, node.getStart()).split('\n').length,
    source: declarations.map(each => text.slice(each.getStart(), each.end)).join('\n'),
    comment: project.checker.getDocumentationCommentOfSymbol(symbol),
    tags: tags.map(tag => tag.name),
    params: paramNames(tags),
    said: [project.checker.getDocumentationCommentOfSymbol(symbol), ...tags.map(tag => tag.text ?? '')].join('\n'),
    isFunction: isFunction(symbol, project),
    isClass: (symbol.flags & SymbolFlags.Class) !== 0,
    bases: basesOf(node, project),
    constructorParams: constructorParams(symbol, project),
  };
}

function constructorParams(symbol, { checker }) {
  const found =
    symbol.flags & SymbolFlags.Class &&
    [...symbol.getMembers().values()].find(each => each.flags & SymbolFlags.Constructor);
  return found ? paramNames(checker.getJsDocTagsOfSymbol(found)) : [];
}

function paramNames(tags) {
  return tags.filter(tag => tag.name === 'param').map(tag => /^\w+/.exec(tag.text ?? '')?.[0]);
}

function isFunction(symbol, { checker }) {
  if (symbol.flags & (SymbolFlags.Function | SymbolFlags.Method)) return true;
  if (!(symbol.flags & SymbolFlags.Variable)) return false;
  const type = checker.getTypeOfSymbol(symbol);
  return type !== undefined && checker.getSignaturesOfType(type, SignatureKind.Call).length > 0;
}

/** The symbols of all that a class or an interface extends or implements, directly or not. */
function basesOf(node, project) {
  const { checker } = project;
  const expressions = (node.heritageClauses ?? []).flatMap(clause => clause.types.map(type => type.expression));
  return expressions.flatMap(expression => {
    const found = checker.getSymbolAtLocation(expression);
    if (found === undefined) return [];
    const symbol = found.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
    const declared = symbol.declarations.map(handle => handle.resolve(project)).filter(each => each !== undefined);
    return [symbol, ...declared.flatMap(each => basesOf(each, project))];
  });
}

/** The public members of a class or an interface, and its constructor if that is public. */
function membersOf(owner, project) {
  if (!(owner.symbol.flags & (SymbolFlags.Class | SymbolFlags.Interface))) return [];
  const own = [...owner.symbol.getMembers().values(), ...owner.symbol.getExports().values()];
  return own.flatMap(symbol => {
    const isConstructor = (symbol.flags & SymbolFlags.Constructor) !== 0;
    if (!isConstructor && !/^[a-z]\w*$/i.test(symbol.name)) return [];
    const member = describeSymbol(
      symbol,
      isConstructor ? `new ${owner.name}` : `${owner.name}.${symbol.name}`,
      project,
    );
    if (member === undefined || member.tags.includes('internal') || isHidden(member.node)) return [];
    const base = owner.bases.map(each => each.getMembers().get(symbol.escapedName)).find(each => each !== undefined);
    return [
      {
        ...member,
        owner,
        isConstructor,
        isInherited: !isConstructor && (base !== undefined || has(member.node, SyntaxKind.OverrideKeyword)),
      },
    ];
  });
}

function has(node, kind) {
  return (node.modifiers ?? []).some(modifier => modifier.kind === kind);
}

function isHidden(node) {
  return has(node, SyntaxKind.PrivateKeyword) || node.kind === SyntaxKind.TypeParameter;
}

function isOneOf(name, pattern) {
  return name.bases.some(base => pattern.test(base.name));
}

function problemsOf(name, withExample) {
  const checks = [missingComment(name), missingUnit(name), missingThrows(name), missingExample(name, withExample)];
  const where = `${relative(root, name.file)}:${name.line}`;
  return checks.filter(problem => problem !== undefined).map(problem => ({ where, what: name.name, problem }));
}

function missingComment({ comment, tags, owner, isConstructor, isInherited, node, symbol }) {
  if (comment.trim() !== '' || tags.length > 0) return undefined;
  if (owner === undefined) return 'has no doc comment';
  if (isInherited || isOneOf(owner, ERROR)) return undefined;
  if (isConstructor && (node.parameters.length === 0 || isOneOf(owner, PLUGIN))) return undefined;
  if (node.kind === SyntaxKind.Parameter && (isOneOf(owner, EVENT) || paramsOf(owner).includes(symbol.name)))
    return undefined;
  return isConstructor ? 'says nothing about its parameters' : 'has no doc comment';
}

/** What the comments of a class and of its constructor say of parameters. */
function paramsOf(owner) {
  return [...owner.params, ...owner.constructorParams];
}

function missingUnit({ symbol, source, said, isFunction: takesPart, isConstructor }) {
  if (UNIT.test(said)) return undefined;
  const head = takesPart || isConstructor ? source.split('{')[0] : source;
  for (const [, parameter] of head.matchAll(/\b(\w+)\??: number\b/g)) {
    if (TIME_NAME.test(parameter) && (takesPart || isConstructor || parameter === symbol.name)) {
      return `does not say the unit of ${parameter}`;
    }
  }
  return undefined;
}

function missingThrows({ source, tags, isFunction: isCalled, isConstructor, isInherited, owner }) {
  if ((!isCalled && !isConstructor) || isInherited || tags.includes('throws')) return undefined;
  if (isConstructor && owner.tags.includes('throws')) return undefined;
  const [, thrown] =
    /\bthrow new (\w*Error)\b/.exec(source) ?? /\b(check[A-Z]\w*)\(/.exec(source.replace(/^.*?[({]/s, '')) ?? [];
  return thrown && `throws (${thrown}), and has no @throws`;
}

function missingExample({ name, owner, tags, said, isCommand, isFunction: isCalled, isClass, bases }, withExample) {
  if (owner !== undefined || isCommand || !(isCalled || isClass) || tags.includes('example')) return undefined;
  if (bases.some(base => WITHOUT_EXAMPLE.test(base.name))) return undefined;
  // `yield* sleep(100)` waits ...
  if (new RegExp(`\`[^\`]*\\b${name}\\(`).test(said)) return undefined;
  if ([...said.matchAll(/`(\w+)/g)].some(([, other]) => withExample.has(other))) return undefined;
  return 'has no @example, and names no other public name that has one';
}
