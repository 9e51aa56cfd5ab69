using IntegrationConsole.Expressions.Functions;
using IntegrationConsole.Expressions.Parsing;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>
/// Tells from the text alone what an expression can give. Where it cannot tell it says anything, so what it excludes is
/// excluded for every input.
/// </summary>
internal sealed class KindInference
{
    /// <summary>Nobody writes deeper by hand; what a program writes need not be understood.</summary>
    private const int DeepestLevel = 100;

    /// <summary>Functions whose result is not made of their arguments and the text alone.</summary>
    private static readonly HashSet<string> Changeable = ["now", "millis", "random", "shuffle", "eval", "lookup_table"];

    private readonly HashSet<string> _bound;

    private KindInference(HashSet<string> bound) => _bound = bound;

    /// <returns>What it may give, and whether it gives the same for every input.</returns>
    public static (ValueKinds Kinds, bool IsConstant) Of(Node root)
    {
        var parts = Parts.All(root).ToList();
        var inference = new KindInference([.. parts.SelectMany(Parts.Bound)]);
        return (inference.Kinds(root, 0), parts.TrueForAll(inference.IsConstant));
    }

    private ValueKinds Kinds(Node node, int level)
    {
        if (level > DeepestLevel)
        {
            return ValueKinds.Any;
        }

        if (node.Group is not null)
        {
            return ValueKinds.Object | ValueKinds.Nothing;
        }

        var kinds = Core(node, level + 1);

        // A predicate takes items out of a list, and those may be anything.
        kinds = node.Predicates is null ? kinds : kinds.HasFlag(ValueKinds.List) ? ValueKinds.Any : kinds | ValueKinds.Nothing;
        return node.KeepArray ? kinds | ValueKinds.List | ValueKinds.Nothing : kinds;
    }

    private ValueKinds Core(Node node, int level) => node switch
    {
        PathNode path => Path(path, level),
        TextNode => ValueKinds.Text,
        NumberNode => ValueKinds.Number,
        LiteralNode literal => literal.Word == "null" ? ValueKinds.Nothing : ValueKinds.Boolean,
        VariableNode variable => Find(variable) is null ? ValueKinds.Any : ValueKinds.Function,
        RegexNode or LambdaNode or TransformNode => ValueKinds.Function,
        BinaryNode binary => Binary(binary.Operator),
        NegateNode => ValueKinds.Number | ValueKinds.Nothing,
        ArrayNode => ValueKinds.List,
        ObjectNode => ValueKinds.Object,
        BlockNode block => block.Expressions.Count == 0 ? ValueKinds.Nothing : Kinds(block.Expressions[^1], level),
        ConditionNode condition => Kinds(condition.Then, level) | (condition.Otherwise is { } otherwise ? Kinds(otherwise, level) : ValueKinds.Nothing),
        FallbackNode fallback => Kinds(fallback.Value, level) | Kinds(fallback.Otherwise, level),
        BindNode bind => Kinds(bind.Value, level),
        ApplyNode apply => Apply(apply, level),
        CallNode call => Call(call),
        _ => ValueKinds.Any,
    };

    /// <summary>A path gives nothing, what its last step gives, or several of those.</summary>
    private ValueKinds Path(PathNode path, int level)
    {
        var last = path.Steps[^1];
        if (last is NameNode or WildcardNode or DescendantNode or ParentNode)
        {
            return ValueKinds.Data;
        }

        // A text is a name here, an order gives what was ordered, and the items of a list may be anything.
        var kinds = last is TextNode or SortNode ? ValueKinds.Any : Kinds(last, level);
        return path.Steps.Count == 1 ? kinds | ValueKinds.Nothing : kinds.HasFlag(ValueKinds.List) ? ValueKinds.Any : kinds | ValueKinds.Nothing | ValueKinds.List;
    }

    private static ValueKinds Binary(string op) => op switch
    {
        "&" => ValueKinds.Text,
        "+" or "-" or "*" or "/" or "%" => ValueKinds.Number | ValueKinds.Nothing,
        "=" or "!=" or "<" or "<=" or ">" or ">=" or "in" or "and" or "or" => ValueKinds.Boolean | ValueKinds.Nothing,
        _ => ValueKinds.Any,
    };

    /// <summary>A function on the left is joined with the one on the right, in place of being passed to it.</summary>
    private ValueKinds Apply(ApplyNode apply, int level)
    {
        if (Kinds(apply.Left, level).HasFlag(ValueKinds.Function))
        {
            return ValueKinds.Any;
        }

        return apply.Right switch
        {
            CallNode { IsPartial: false } call => Call(call),
            VariableNode variable when Find(variable) is { } function => Result(function),
            _ => ValueKinds.Any,
        };
    }

    private ValueKinds Call(CallNode call) =>
        call.IsPartial ? ValueKinds.Function
        : call.Procedure is VariableNode variable && Find(variable) is { } function ? Result(function)
        : ValueKinds.Any;

    /// <summary>As its signature says; lists may come as their only item.</summary>
    private static ValueKinds Result(BuiltIn function) => function.Name is "clone" ? ValueKinds.Any : function.SignatureText[(function.SignatureText.LastIndexOf(':') + 1)..] switch
    {
        "s>" => ValueKinds.Text | ValueKinds.Nothing,
        "n>" => ValueKinds.Number | ValueKinds.Nothing,
        "b>" => ValueKinds.Boolean | ValueKinds.Nothing,
        "o>" => ValueKinds.Object | ValueKinds.Nothing,
        _ => ValueKinds.Any,
    };

    private BuiltIn? Find(VariableNode variable) => _bound.Contains(variable.Name) ? null : Library.Find(variable.Name);

    private bool IsConstant(Node node) => node switch
    {
        NameNode or WildcardNode or DescendantNode or ParentNode => false,
        VariableNode variable => _bound.Contains(variable.Name) || (Library.Find(variable.Name) is { } function && !Changeable.Contains(function.Name)),

        // What is left out of a call is taken from the input where the function's signature has a hyphen.
        CallNode { Procedure: VariableNode variable } call => Find(variable) is not { } function
            || call.Arguments.Count >= function.Arity || !function.SignatureText.Contains('-'),
        LambdaNode { Signature: { } signature } => !signature.Contains('-'),
        _ => true,
    };
}
