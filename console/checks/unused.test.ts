// @vitest-environment node
import ts from 'typescript';
import { expect, test } from 'vitest';

import { original, pathOf, readConsole, usedDeclarations } from './used-declarations';

const read = readConsole();
const used = usedDeclarations(read);
const { checker, sources } = read;

test('every export is used by another module', () => {
  const written = sources.filter((file) => pathOf(file) !== 'src/api/schema.d.ts');
  const unused = written.flatMap((file) => {
    const module = checker.getSymbolAtLocation(file);
    const exported = module === undefined ? [] : checker.getExportsOfModule(module);
    return exported.filter((symbol) => original(checker, symbol).declarations?.some((at) => used.has(at)) !== true).map(({ name }) => `${pathOf(file)}: ${name}`);
  });
  expect(unused).toEqual([]);
});

test('every word is shown', () => {
  const unused: string[] = [];
  const visit = (node: ts.Node, path: string): void => {
    if (!ts.isPropertyAssignment(node)) return ts.forEachChild(node, (child) => visit(child, path));
    const below = `${path}.${node.name.getText()}`;
    if (!used.has(node)) unused.push(below);
    else if (ts.isObjectLiteralExpression(node.initializer)) visit(node.initializer, below);
  };
  for (const file of sources) if (pathOf(file).startsWith('src/words/')) visit(file, 'words');
  expect(unused).toEqual([]);
});
