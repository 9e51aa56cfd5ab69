namespace IntegrationConsole.Expressions.Parsing;

/// <summary>Visits everything that an expression is made of.</summary>
internal static class Parts
{
    /// <summary>The node and all nodes in it, without a recursion: an expression may be nested deeply.</summary>
    public static IEnumerable<Node> All(Node root)
    {
        var open = new Stack<Node>([root]);
        while (open.TryPop(out var node))
        {
            yield return node;
            foreach (var part in Of(node))
            {
                open.Push(part);
            }
        }
    }

    /// <summary>The names that the node binds to values, without the dollar sign.</summary>
    public static IEnumerable<string> Bound(Node node)
    {
        var own = node switch
        {
            BindNode bind => [bind.Name],
            LambdaNode lambda => lambda.Parameters,
            _ => Enumerable.Empty<string>(),
        };
        var stages = (node.Stages ?? []).Concat(node.Predicates ?? []).Select(stage => stage.Index);
        return own.Concat(stages.Append(node.Focus).Append(node.Index).OfType<string>());
    }

    private static IEnumerable<Node> Of(Node node) =>
        Inside(node)
            .Concat((node.Stages ?? []).Concat(node.Predicates ?? []).Select(stage => stage.Filter).OfType<Node>())
            .Concat(node.Group is { } group ? Pairs(group) : []);

    private static IEnumerable<Node> Inside(Node node) => node switch
    {
        PathNode path => path.Steps,
        SortNode sort => sort.Terms.Select(term => term.Expression),
        BinaryNode binary => [binary.Left, binary.Right],
        NegateNode negate => [negate.Operand],
        ArrayNode array => array.Items,
        ObjectNode made => Pairs(made.Fields),
        BlockNode block => block.Expressions,
        ConditionNode { Otherwise: { } otherwise } condition => [condition.Condition, condition.Then, otherwise],
        ConditionNode condition => [condition.Condition, condition.Then],
        FallbackNode fallback => [fallback.Value, fallback.Otherwise],
        BindNode bind => [bind.Value],
        ApplyNode apply => [apply.Left, apply.Right],
        CallNode call => call.Arguments.OfType<Node>().Prepend(call.Procedure),
        LambdaNode lambda => [lambda.Body],
        TransformNode { Delete: { } delete } transform => [transform.Pattern, transform.Update, delete],
        TransformNode transform => [transform.Pattern, transform.Update],
        _ => [],
    };

    private static IEnumerable<Node> Pairs(Grouping grouping) => grouping.Pairs.SelectMany(pair => new[] { pair.Key, pair.Value });
}
