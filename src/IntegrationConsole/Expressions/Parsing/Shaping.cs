using System.Globalization;

namespace IntegrationConsole.Expressions.Parsing;

/// <summary>Makes paths out of names and dots, and hangs predicates, variables and orders on their steps.</summary>
internal static class Shaping
{
    public static PathNode Name(string name, int position) => new([new NameNode(name, position)], position);

    public static PathNode Path(Node left, Node right, int position)
    {
        if (right is EndNode)
        {
            throw new ExpressionFailure("S0207", right.Position, "(end)");
        }

        var path = left as PathNode ?? new PathNode([left], position);
        if (left is ParentNode parent)
        {
            (path.Seeking ??= []).Add(parent.Meant);
        }

        // A grouped path as a step stays whole, for its grouping belongs to it alone.
        if (right is PathNode { Group: null } rest)
        {
            path.Steps.AddRange(rest.Steps);
        }
        else
        {
            if (right.Predicates is not null)
            {
                right.Stages = right.Predicates;
                right.Predicates = null;
            }

            path.Steps.Add(right);
        }

        for (var index = 0; index < path.Steps.Count; index++)
        {
            path.Steps[index] = AsStep(path.Steps[index]);
        }

        (path.EndsInOperator, path.EndsInFocus) = (false, false);
        path.Steps[0].Constructs |= path.Steps[0] is ArrayNode;
        path.Steps[^1].Constructs |= path.Steps[^1] is ArrayNode;
        Ancestry.Resolve(path);
        return path;
    }

    /// <summary>A string in a path is a name; other literals cannot be steps.</summary>
    private static Node AsStep(Node step) => step switch
    {
        TextNode text => new NameNode(text.Text, text.Position)
        {
            KeepArray = text.KeepArray,
            Stages = text.Stages,
            Predicates = text.Predicates,
            Group = text.Group,
            Focus = text.Focus,
            Index = text.Index,
            CarriesTuples = text.CarriesTuples,
        },
        NumberNode number => throw new ExpressionFailure("S0213", step.Position, value: number.Number.ToString(CultureInfo.InvariantCulture)),
        LiteralNode literal => throw new ExpressionFailure("S0213", step.Position, value: literal.Word),
        _ => step,
    };

    public static Node KeepArray(Node left)
    {
        if (left is PathNode { EndsInOperator: false } path)
        {
            path.Steps[^1].KeepArray = true;
        }
        else
        {
            left.KeepArray = true;
            if (left is PathNode { EndsInFocus: true, Steps: [.., var bound] })
            {
                bound.KeepArray = true;
            }
        }

        return left;
    }

    public static Node Filter(Node left, Node predicate, int position)
    {
        var step = left is PathNode path ? path.Steps[^1] : left;
        if (step.Group is not null)
        {
            throw new ExpressionFailure("S0209", position);
        }

        if (predicate.Seeking is not null)
        {
            Ancestry.ResolvePredicate(step, predicate);
        }

        var stage = new Stage(predicate, null, position);
        if (left is PathNode)
        {
            (step.Stages ??= []).Add(stage);
        }
        else
        {
            (step.Predicates ??= []).Add(stage);
        }

        return left;
    }

    public static Node Focus(Node left, string variable, Token token)
    {
        var step = left is PathNode path ? path.Steps[^1] : left;
        if (step.Stages is not null || step.Predicates is not null)
        {
            throw new ExpressionFailure("S0215", token.Position);
        }

        if (step is SortNode)
        {
            throw new ExpressionFailure("S0216", token.Position);
        }

        step.Focus = variable;
        step.CarriesTuples = true;
        return Marked(left);
    }

    public static PathNode Index(Node left, string variable, Token token)
    {
        var path = left as PathNode ?? new PathNode([left], left.Position);
        var step = path.Steps[^1];
        if (left is not PathNode && step.Predicates is not null)
        {
            step.Stages = step.Predicates;
            step.Predicates = null;
        }

        if (step.Stages is null)
        {
            step.Index = variable;
        }
        else
        {
            step.Stages.Add(new Stage(null, variable, token.Position));
        }

        step.CarriesTuples = true;
        (path.EndsInOperator, path.EndsInFocus) = (true, false);
        return path;
    }

    public static PathNode Sort(Node left, List<SortTerm> terms, int position)
    {
        var path = left as PathNode ?? new PathNode([left], left.Position);
        var sort = new SortNode(terms, position);
        terms.ForEach(term => Ancestry.HandUp(sort, term.Expression));
        path.Steps.Add(sort);
        (path.EndsInOperator, path.EndsInFocus) = (true, false);
        Ancestry.Resolve(path);
        return path;
    }

    private static Node Marked(Node left)
    {
        if (left is PathNode path)
        {
            (path.EndsInOperator, path.EndsInFocus) = (true, true);
        }

        return left;
    }
}
