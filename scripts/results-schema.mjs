// Usage: npm run schema, or results-schema.mjs --check. Writes packages/lab/results.schema.json, a JSON Schema of what `escapement-lab --json`
// writes, from the interfaces of packages/lab/src/results/results.ts and their comments. With --check it only compares, and
// fails if the file is not what it would write.
//
// It knows the kinds of types that are there and throws at any other. Fields that it does not know are allowed, because a later
// lab may add some under the same schema number.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { SyntaxKind } from 'typescript/unstable/ast';
import { API, SymbolFlags } from 'typescript/unstable/sync';

const root = join(import.meta.dirname, '..');
const lab = join(root, 'packages/lab');
const config = join(lab, 'tsconfig.json');
const file = join(lab, 'results.schema.json');
const ROOT = 'Results';

const api = new API({ cwd: root });
try {
  const schema = schemaOf(api.updateSnapshot({ openProjects: [config] }).getProject(config));
  if (!process.argv.includes('--check')) writeFileSync(file, JSON.stringify(schema));
  else if (!isDeepStrictEqual(JSON.parse(readFileSync(file, 'utf8')), schema)) {
    console.error('packages/lab/results.schema.json is out of date: npm run schema');
    process.exitCode = 1;
  }
} finally {
  api.close();
}

function schemaOf(project) {
  const { checker, program } = project;
  const definitions = {};
  const source = program.getSourceFile(join(lab, 'src/results/results.ts'));
  const results = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).find(({ name }) => name === ROOT);
  const { description, ...rest } = ofInterface(results);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://unpkg.com/@escapement/lab/results.schema.json',
    title: 'Results of escapement-lab',
    description,
    ...rest,
    $defs: definitions,
  };

  function ofInterface(symbol) {
    return { ...comment(symbol), ...ofMembers(declarationOf(symbol).members) };
  }

  function ofMembers(members) {
    const symbols = members.map(member => checker.getSymbolAtLocation(member.name));
    const required = symbols.filter(({ flags }) => !(flags & SymbolFlags.Optional)).map(({ name }) => name);
    const properties = symbols.map((symbol, n) => [symbol.name, { ...comment(symbol), ...ofType(members[n].type) }]);
    return { type: 'object', required, properties: Object.fromEntries(properties) };
  }

  function ofType(node) {
    switch (node.kind) {
      case SyntaxKind.StringKeyword:
        return { type: 'string' };
      case SyntaxKind.NumberKeyword:
        return { type: 'number' };
      case SyntaxKind.LiteralType:
        return ofLiteral(node.literal);
      case SyntaxKind.UnionType:
        return ofUnion(node.types.map(ofType));
      case SyntaxKind.IntersectionType:
        return { allOf: node.types.map(ofType) };
      case SyntaxKind.TypeLiteral:
        return ofMembers(node.members);
      case SyntaxKind.TypeOperator: // readonly
        return ofType(node.type);
      case SyntaxKind.ArrayType:
        return { type: 'array', items: ofType(node.elementType) };
      case SyntaxKind.TupleType:
        return ofTuple(node.elements);
      case SyntaxKind.TypeQuery:
        return { const: Number(declarationOf(symbolAt(node.exprName)).initializer.text) };
      case SyntaxKind.TypeReference:
        return ofReference(node);
      default:
        throw new Error(`results-schema.mjs knows no type of kind ${SyntaxKind[node.kind]}. Add it.`);
    }
  }

  function ofLiteral(literal) {
    return literal.kind === SyntaxKind.NullKeyword ? { type: 'null' } : { const: literal.text };
  }

  /** `{ type: ['number', 'null'] }` and `{ enum: [...] }` where that says all. */
  function ofUnion(members) {
    const keys = new Set(members.flatMap(Object.keys));
    if (keys.size === 1 && keys.has('type')) return { type: members.map(({ type }) => type) };
    if (keys.size === 1 && keys.has('const')) return { enum: members.map(each => each.const) };
    return { anyOf: members };
  }

  function ofTuple(elements) {
    const prefixItems = elements.map(element => ofType(element.type ?? element));
    return { type: 'array', prefixItems, items: false, minItems: elements.length };
  }

  function ofReference({ typeName, typeArguments = [] }) {
    if (typeName.text === 'Readonly') return ofType(typeArguments[0]);
    if (typeName.text === 'Record') return { type: 'object', additionalProperties: ofType(typeArguments[1]) };
    const symbol = symbolAt(typeName);
    if (symbol.flags & SymbolFlags.TypeAlias) return ofType(declarationOf(symbol).type);
    // Set first, in case it refers to itself.
    if (!(symbol.name in definitions)) {
      definitions[symbol.name] = {};
      definitions[symbol.name] = ofInterface(symbol);
    }
    return { $ref: `#/$defs/${symbol.name}` };
  }

  function symbolAt(node) {
    const symbol = checker.getSymbolAtLocation(node);
    return symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }

  function declarationOf(symbol) {
    return symbol.declarations[0].resolve(project);
  }

  function comment(symbol) {
    const description = checker
      .getDocumentationCommentOfSymbol(symbol)
      .replaceAll(/\s*\n\s*/g, ' ')
      .trim();
    return description === '' ? {} : { description };
  }
}
