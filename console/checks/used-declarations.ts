import ts from 'typescript';

/** The console as the TypeScript compiler reads it. */
export interface Console {
  checker: ts.TypeChecker;
  sources: readonly ts.SourceFile[];
}

export function readConsole(): Console {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as { config: unknown };
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, ts.sys.getCurrentDirectory());
  const program = ts.createProgram(fileNames, options);
  const sources = program.getSourceFiles().filter((file) => pathOf(file).startsWith('src/'));
  return { checker: program.getTypeChecker(), sources };
}

/** Return the path of a module below `console/`. */
export function pathOf(file: ts.SourceFile): string {
  return file.fileName.slice(ts.sys.getCurrentDirectory().length + 1);
}

/** Return the declaration that an import or a repeated export stands for. */
export function original(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** Return the declarations that another module reads: of exports, and of properties of exported objects. */
export function usedDeclarations({ checker, sources }: Console): Set<ts.Declaration> {
  const used = new Set<ts.Declaration>();
  const add = (symbol: ts.Symbol | undefined, reader: ts.Node) => {
    if (symbol === undefined) return;
    for (const at of original(checker, symbol).declarations ?? []) if (at.getSourceFile() !== reader.getSourceFile()) used.add(at);
  };
  const addProperties = (type: ts.Type, reader: ts.Node) => {
    for (const property of type.getProperties()) {
      add(property, reader);
      if (isWords(property)) addProperties(checker.getTypeOfSymbol(property), reader);
    }
  };
  const visit = (node: ts.Node) => {
    if (ts.isBindingElement(node)) add(boundProperty(checker, node), node);
    else if (ts.isIdentifier(node)) add(checker.getSymbolAtLocation(node), node);
    else if (ts.isCallExpression(node)) add(lazyComponent(checker, node), node);
    if (isValue(node)) {
      const type = checker.getTypeAtLocation(node);
      if (isWords(type.symbol)) addProperties(type, node);
    }
    ts.forEachChild(node, visit);
  };
  sources.forEach(visit);
  return used;
}

/** Return the property that `{ name }` or `{ name: other }` reads. */
function boundProperty(checker: ts.TypeChecker, element: ts.BindingElement): ts.Symbol | undefined {
  const name = element.propertyName ?? element.name;
  if (!ts.isIdentifier(name) || !ts.isObjectBindingPattern(element.parent)) return undefined;
  return checker.getTypeAtLocation(element.parent).getProperty(name.text);
}

/** Return the export that `lazyRouteComponent(() => import('./page'), 'Page')` names. */
function lazyComponent(checker: ts.TypeChecker, call: ts.CallExpression): ts.Symbol | undefined {
  const [load, name] = call.arguments;
  if (load === undefined || name === undefined || !ts.isArrowFunction(load) || !ts.isStringLiteral(name)) return undefined;
  if (!ts.isCallExpression(load.body) || load.body.expression.kind !== ts.SyntaxKind.ImportKeyword) return undefined;
  const [path] = load.body.arguments;
  const module = path === undefined ? undefined : checker.getSymbolAtLocation(path);
  return module?.exports?.get(ts.escapeLeadingUnderscores(name.text));
}

/** Return whether a name or an access is read as a whole: it is given on, or one of its properties is computed. */
function isValue(node: ts.Node): boolean {
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isBindingElement(parent) || ts.isImportSpecifier(parent)) return false;
  if (ts.isVariableDeclaration(parent) && parent.type === undefined) return false;
  return !ts.isTypeQueryNode(parent) && !ts.isQualifiedName(parent);
}

function isWords(symbol: ts.Symbol | undefined): boolean {
  return symbol?.declarations?.some((at) => pathOf(at.getSourceFile()).startsWith('src/words/')) === true;
}
