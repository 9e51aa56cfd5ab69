using IntegrationConsole.Expressions.Functions;
using IntegrationConsole.Expressions.Parsing;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>The part that compiles operators and decisions.</summary>
internal sealed partial class Compiler
{
    private Evaluation Binary(BinaryNode binary, int level)
    {
        if (binary.Operator == "&")
        {
            return Pieces(binary, level);
        }

        var left = Part(binary.Left, level + 1);
        switch (binary.Operator)
        {
            case "and" or "or":
                return Operators.Either(binary.Operator, left, Branch(binary.Right, level + 1), binary.Position);
        }

        var right = Part(binary.Right, level + 1);
        switch (binary.Operator)
        {
            case "=" or "!=":
                return Equal(binary, left, right);
            case "<" or "<=" or ">" or ">=":
                return Operators.Comparison(binary.Operator, left, right, binary.Position);
            case "in":
                return Operators.In(left, right);
            case "..":
                return Operators.Range(left, right, binary.Position);
            case "+" or "-" or "*" or "/" or "%":
                return Operators.Arithmetic(binary.Operator, left, right, binary.Position);
            default:
                throw new ExpressionFailure("S0204", binary.Position, binary.Operator);
        }
    }

    /// <summary>Comparing with a text of the expression is what most predicates do, so it does not decode the other side.</summary>
    private static Evaluation Equal(BinaryNode binary, Evaluation left, Evaluation right)
    {
        var expected = binary.Operator == "=";
        if (binary.Right is TextNode { Predicates: null, Group: null } text)
        {
            var constant = new FieldName(text.Text);
            return (input, frame, run) =>
            {
                var value = left(input, frame, run);
                return value.IsUndefined
                    ? Value.False
                    : Value.Of((value.Kind == ValueKind.String && Equality.IsText(value, constant)) == expected);
            };
        }

        return (input, frame, run) => Operators.AreEqual(left(input, frame, run), right(input, frame, run), expected, run);
    }

    /// <summary>The pieces of a chain of <c>&amp;</c>, so that the chain builds one string and not one for each sign.</summary>
    private Evaluation Pieces(BinaryNode chain, int level)
    {
        var pieces = new List<Evaluation>();
        var positions = new List<int>();
        Node node = chain;
        for (; node is BinaryNode { Operator: "&", Predicates: null, Group: null } link; node = link.Left)
        {
            pieces.Add(Part(link.Right, level + 1));
            positions.Add(link.Position);
            level++;
        }

        pieces.Add(Part(node, level));
        positions.Add(positions[^1]);
        pieces.Reverse();
        positions.Reverse();
        return Concatenation.Of([.. pieces], [.. positions]);
    }

    private Evaluation Condition(ConditionNode node, int level, bool isTail)
    {
        var condition = Part(node.Condition, level + 1);
        var then = Branch(node.Then, level + 1, isTail);
        var otherwise = node.Otherwise is null ? Constant(default) : Branch(node.Otherwise, level + 1, isTail);
        return (input, frame, run) => Truth.Of(condition(input, frame, run), run) ? then(input, frame, run) : otherwise(input, frame, run);
    }

    private Evaluation Fallback(FallbackNode node, int level)
    {
        var value = Part(node.Value, level + 1);
        var otherwise = Branch(node.Otherwise, level + 1);
        if (node.OnlyIfMissing)
        {
            return (input, frame, run) => value(input, frame, run) is { IsUndefined: false } found ? found : otherwise(input, frame, run);
        }

        return (input, frame, run) =>
        {
            var found = value(input, frame, run);
            return Truth.Of(found, run) ? found : otherwise(input, frame, run);
        };
    }

    private Evaluation Array(ArrayNode array, int level)
    {
        var items = array.Items.Select(item => Part(item, level + 1)).ToArray();
        var isNested = array.Items.Select(item => item is ArrayNode).ToArray();
        var constructs = array.Constructs;
        if (items.Length == 1 && array.Items[0] is BinaryNode { Operator: "..", Predicates: null, Group: null } && !constructs)
        {
            return (input, frame, run) =>
            {
                var range = items[0](input, frame, run);
                if (range.Reference is not ListValue list)
                {
                    return new Value(new ListValue(0));
                }

                list.IsSequence = false;
                return range;
            };
        }

        return (input, frame, run) =>
        {
            var list = new ListValue(items.Length) { IsConstructed = constructs };
            for (var index = 0; index < items.Length; index++)
            {
                var item = items[index](input, frame, run);
                if (item.IsUndefined)
                {
                    continue;
                }

                if (isNested[index] || !item.IsArray)
                {
                    run.TakeItem(list.Count);
                    list.Add(item);
                }
                else
                {
                    run.Take(16L * item.Count);
                    list.AddFlat(item);
                }
            }

            return new Value(list);
        };
    }

    private Evaluation Apply(ApplyNode apply, int level)
    {
        var left = Part(apply.Left, level + 1);
        if (apply.Right is CallNode { IsPartial: false } call)
        {
            var keepArray = apply.KeepArray;
            var called = Call(call, level, left, isTail: false);
            if (call.Predicates is { } predicates)
            {
                called = WithPredicates(called, call, predicates, level);
            }

            if (call.Group is { } group)
            {
                called = WithGroup(called, group, level, carriesTuples: false);
            }

            return keepArray ? (input, frame, run) => Sequences.Simplify(called(input, frame, run), true) : called;
        }

        var right = Part(apply.Right, level + 1);
        var site = new CallSite(level, apply.Position, null);
        return (input, frame, run) =>
        {
            var value = left(input, frame, run);
            if (right(input, frame, run).Function is not { } function)
            {
                throw new ExpressionFailure("T2006", site.Position);
            }

            if (value.Function is { } first)
            {
                return new Value(new Composition(first, function));
            }

            return Sequences.Simplify(Calls.Pass(function, [value], Value.Null, frame, run, site), apply.KeepArray);
        };
    }
}
