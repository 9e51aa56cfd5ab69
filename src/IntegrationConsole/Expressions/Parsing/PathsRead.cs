namespace IntegrationConsole.Expressions.Parsing;

/// <summary>
/// Which values of a record an expression reads, as far as its text tells: paths without positions in lists, but for
/// those that are written as numbers; <c>*</c> at the end of a path means everything below it.
/// </summary>
public sealed class PathsRead
{
    private const string Everything = "*";

    /// <summary>Functions that hand the items of their first argument to the function in another one.</summary>
    private static readonly HashSet<string> OverItems = ["map", "filter", "single", "reduce", "sort"];

    private readonly List<string> _paths = [];
    private readonly Dictionary<string, string?> _variables = new(StringComparer.Ordinal);

    private PathsRead()
    {
    }

    /// <returns>Nothing where the text is no expression.</returns>
    public static IReadOnlyList<string> Of(string text)
    {
        try
        {
            var reading = new PathsRead();
            reading.Walk(Parser.Parse(text), "", isWanted: true);
            return [.. reading._paths.Distinct()];
        }
        catch (Exception problem) when (problem is ExpressionFailure or InsufficientExecutionStackException)
        {
            return [];
        }
    }

    /// <param name="node">A part of the expression.</param>
    /// <param name="context">The path of what it is applied to; null where that is not known.</param>
    /// <param name="isWanted">Its value is used, and not only led through.</param>
    /// <returns>The path of what it gives; null where that is no value of the record.</returns>
    private string? Walk(Node node, string? context, bool isWanted)
    {
        var given = node switch
        {
            PathNode path => Path(path, context, isWanted),
            NameNode name => Note(Below(context, Quoted(name.Name)), isWanted && !IsNarrowed(node)),
            VariableNode variable => Note(Variable(variable.Name, context), isWanted && !IsNarrowed(node)),
            WildcardNode or DescendantNode => Note(Below(context, Everything), isWanted),
            BlockNode block => Block(block, context, isWanted),
            BindNode bind => _variables[bind.Name] = Walk(bind.Value, context, isWanted: true),
            CallNode call => Call(call, context, piped: null),
            ApplyNode apply => Apply(apply, context),
            ConditionNode choice => Each([choice.Condition, choice.Then, choice.Otherwise], context),
            FallbackNode fallback => Each([fallback.Value, fallback.Otherwise], context),
            BinaryNode binary => Each([binary.Left, binary.Right], context),
            NegateNode negate => Each([negate.Operand], context),
            ArrayNode array => Each(array.Items, context),
            ObjectNode item => Each(item.Fields.Pairs.SelectMany(pair => new[] { pair.Key, pair.Value }), context),
            SortNode sort => Sort(sort, context),
            LambdaNode lambda => Lambda(lambda, context, itemPath: null),
            TransformNode transform => Each([transform.Pattern, transform.Update, transform.Delete], context),
            _ => null,
        };
        return Narrow(node, given, context, isWanted);
    }

    private string? Path(PathNode path, string? context, bool isWanted)
    {
        var at = context;
        for (var index = 0; index < path.Steps.Count; index++)
        {
            at = Walk(path.Steps[index], at, isWanted && index == path.Steps.Count - 1 && path.Group is null);
        }

        return at;
    }

    /// <summary>Predicates, a grouping and bound variables, which may hang on any part.</summary>
    private string? Narrow(Node node, string? given, string? context, bool isWanted)
    {
        foreach (var stage in (node.Stages ?? []).Concat(node.Predicates ?? []))
        {
            if (stage.Filter is NumberNode { Number: >= 0 and < 1_000_000 } position)
            {
                given = given is null ? null : $"{given}[{(int)position.Number}]";
            }
            else if (stage.Filter is { } filter)
            {
                Walk(filter, given, isWanted: true);
            }
        }

        if (node.Group is { } group)
        {
            Each(group.Pairs.SelectMany(pair => new[] { pair.Key, pair.Value }), given);
            return null;
        }

        if (IsNarrowed(node))
        {
            Note(given, isWanted);
        }

        if (node.Focus is not { } focus)
        {
            return given;
        }

        _variables[focus] = given;
        return context;
    }

    private static bool IsNarrowed(Node node) => node.Stages is { Count: > 0 } || node.Predicates is { Count: > 0 };

    private string? Block(BlockNode block, string? context, bool isWanted)
    {
        string? given = null;
        for (var index = 0; index < block.Expressions.Count; index++)
        {
            given = Walk(block.Expressions[index], context, isWanted || index < block.Expressions.Count - 1);
        }

        return given;
    }

    private string? Apply(ApplyNode apply, string? context)
    {
        var piped = Walk(apply.Left, context, isWanted: true);
        return apply.Right is CallNode call ? Call(call, context, piped ?? "") : Each([apply.Right], context);
    }

    private string? Call(CallNode call, string? context, string? piped)
    {
        var first = piped;
        for (var index = 0; index < call.Arguments.Count; index++)
        {
            var overItems = call.Procedure is VariableNode procedure && OverItems.Contains(procedure.Name);
            if (call.Arguments[index] is LambdaNode lambda)
            {
                Lambda(lambda, context, overItems ? first : null);
            }
            else if (call.Arguments[index] is { } argument)
            {
                var given = Walk(argument, context, isWanted: true);
                first = index == 0 && piped is null ? given : first;
            }
        }

        if (call.Procedure is not VariableNode)
        {
            Walk(call.Procedure, context, isWanted: true);
        }

        return null;
    }

    private string? Lambda(LambdaNode lambda, string? context, string? itemPath)
    {
        foreach (var parameter in lambda.Parameters)
        {
            _variables[parameter] = itemPath;
        }

        return Each([lambda.Body], context);
    }

    private string? Sort(SortNode sort, string? context)
    {
        Each(sort.Terms.Select(term => term.Expression), context);
        return context;
    }

    private string? Each(IEnumerable<Node?> nodes, string? context)
    {
        foreach (var node in nodes)
        {
            if (node is not null)
            {
                Walk(node, context, isWanted: true);
            }
        }

        return null;
    }

    private string? Variable(string name, string? context) => name switch
    {
        "" => context,
        "$" => "",
        _ => _variables.GetValueOrDefault(name),
    };

    private string? Note(string? path, bool isWanted)
    {
        if (isWanted && path is { Length: > 0 })
        {
            _paths.Add(path);
        }

        return path;
    }

    private static string? Below(string? context, string name) => context is null ? null : context.Length == 0 ? name : $"{context}.{name}";

    private static string Quoted(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsLetterOrDigit(letter) || letter is '_') ? name : $"`{name}`";
}
