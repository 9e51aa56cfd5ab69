using System.Runtime.CompilerServices;
using IntegrationConsole.Expressions.Parsing;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>
/// Turns a parsed expression into delegates, once. Variables become numbered slots, constants are made, and the nesting
/// of every part is counted here, so that an evaluation only has to compare it with its limit.
/// </summary>
internal sealed partial class Compiler
{
    /// <summary>So many levels of delegates fit into the stack that the runtime's own check keeps free.</summary>
    private const int LevelsBetweenStackChecks = 24;

    private readonly Scope _tuples = Scope.Tuple(null, null);
    private readonly TableUse _tables;
    private Scope _scope;

    /// <summary>The deepest level of the part that will run without a further decision.</summary>
    private int _deepest;

    private Compiler(Scope scope, TableUse tables)
    {
        _scope = scope;
        _tables = tables;
    }

    /// <summary>Compiles a whole expression; an outer scope is given where <c>$eval</c> sees the variables around it.</summary>
    public static CompiledBody Compile(Node node, Scope? outer)
    {
        var scope = new Scope(outer);
        Declarations.Declare(scope, node);
        var compiler = new Compiler(scope, new TableUse());
        var body = compiler.Part(node, 1);
        return new CompiledBody(body, scope, compiler._deepest) { Tables = compiler._tables };
    }

    /// <summary>Compiles one part at its level, with the predicates and the grouping that hang on it.</summary>
    private Evaluation Part(Node node, int level, bool isTail = false)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        SeeTables(node);
        _deepest = Math.Max(_deepest, level);
        var isPlain = node.Predicates is null && node.Group is null && !node.KeepArray;
        var body = Core(node, level, isTail && isPlain);
        if (node.Predicates is { } predicates)
        {
            body = WithPredicates(body, node, predicates, level);
        }

        if (node.Group is { } group && node is not PathNode)
        {
            body = WithGroup(body, group, level, CarriesTuples(node));
        }

        return level % LevelsBetweenStackChecks == 0 ? WithStackCheck(body) : body;
    }

    private Evaluation Core(Node node, int level, bool isTail) => node switch
    {
        PathNode path => Path(path, level),
        NameNode name => Name(new FieldName(name.Name)),
        TextNode text => Constant(Value.Of(text.Text)),
        NumberNode number => Constant(Value.Of(number.Number)),
        LiteralNode literal => Constant(literal.Word == "null" ? Value.Null : Value.Of(literal.Word == "true")),
        VariableNode variable => Variable(variable),
        ParentNode parent => Resolve(parent.Meant.Label),
        WildcardNode => Wildcards.All,
        DescendantNode => Wildcards.Descendants,
        RegexNode regex => Constant(new Value(Functions.RegexMatcher.Of(regex.Pattern, regex.Flags, regex.Position))),
        BinaryNode binary => Binary(binary, level),
        NegateNode negate => Operators.Negate(Part(negate.Operand, level + 1), negate.Position),
        ArrayNode array => Array(array, level),
        ObjectNode made => Object(made, level),
        BlockNode block => Block(block, level, isTail),
        ConditionNode condition => Condition(condition, level, isTail),
        FallbackNode fallback => Fallback(fallback, level),
        BindNode bind => Bind(bind, level),
        ApplyNode apply => Apply(apply, level),
        CallNode call => call.IsPartial ? Partial(call, level) : Call(call, level, null, isTail),
        LambdaNode lambda => Lambda(lambda),
        TransformNode transform => Transform(transform, level),
        _ => throw new ExpressionFailure("S0207", node.Position),
    };

    private void SeeTables(Node node)
    {
        if (node is CallNode call)
        {
            _tables.Call(call);
        }
        else if (node is VariableNode variable)
        {
            _tables.Variable(variable);
        }
    }

    private static Evaluation Constant(Value value) => (_, _, _) => value;

    private static Evaluation Name(FieldName name) => (input, _, run) => Lookups.Step(input, name, run);

    private static Evaluation WithStackCheck(Evaluation body) => (input, frame, run) =>
    {
        run.EnsureStack();
        return body(input, frame, run);
    };

    /// <summary>Compiles a part that runs only when something decides for it, so that its nesting is charged only then.</summary>
    private Evaluation Branch(Node node, int level, bool isTail = false)
    {
        var outside = _deepest;
        _deepest = level;
        var body = Part(node, level, isTail);
        var deepest = _deepest;
        _deepest = outside;
        return (input, frame, run) =>
        {
            run.Enter(deepest);
            return body(input, frame, run);
        };
    }

    private static bool CarriesTuples(Node node) => node.CarriesTuples;

    /// <summary>Compiles with the variables of tuples in sight.</summary>
    private T InTupleScope<T>(Func<Scope, T> compile)
    {
        var outer = _scope;
        _scope = Scope.Tuple(outer, _tuples);
        try
        {
            return compile(_scope);
        }
        finally
        {
            _scope = outer;
        }
    }
}

/// <summary>A compiled expression or lambda body: what to run, the frame it needs, and how deep it nests.</summary>
internal sealed record CompiledBody(Evaluation Body, Scope Scope, int Deepest)
{
    public TableUse? Tables { get; init; }

    public Frame NewFrame(Frame? parent) => new(parent, Scope, Scope.Count == 0 ? [] : new Value[Scope.Count]);
}
