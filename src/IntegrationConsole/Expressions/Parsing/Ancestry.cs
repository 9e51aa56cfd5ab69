namespace IntegrationConsole.Expressions.Parsing;

/// <summary>Finds the step that each <c>%</c> means, going back along the path by as many steps as there are <c>%</c>.</summary>
internal static class Ancestry
{
    /// <summary>Hands the unanswered <c>%</c> of a part up to the part that contains it.</summary>
    public static void HandUp(Node whole, Node? part)
    {
        if (part is ParentNode parent)
        {
            (whole.Seeking ??= []).Add(parent.Meant);
        }

        if (part?.Seeking is { } seeking)
        {
            (whole.Seeking ??= []).AddRange(seeking);
        }
    }

    /// <summary>Answers what the last step of a path seeks from the steps before it; what is left is sought further out.</summary>
    public static void Resolve(PathNode path)
    {
        var last = path.Steps[^1];
        List<Ancestor> seeking = [.. last.Seeking ?? []];
        if (last is ParentNode parent)
        {
            seeking.Add(parent.Meant);
        }

        foreach (var ancestor in seeking)
        {
            var index = path.Steps.Count - 2;
            while (ancestor.Level > 0)
            {
                if (index < 0)
                {
                    (path.Seeking ??= []).Add(ancestor);
                    break;
                }

                var step = path.Steps[index--];

                // Steps that bind the focus all apply to the same item, so they count as one.
                while (index >= 0 && step.Focus is not null && path.Steps[index].Focus is not null)
                {
                    step = path.Steps[index--];
                }

                Seek(step, ancestor);
            }
        }
    }

    /// <summary>Answers what a predicate seeks: its own step is the first one up.</summary>
    public static void ResolvePredicate(Node step, Node predicate)
    {
        foreach (var ancestor in predicate.Seeking ?? [])
        {
            if (ancestor.Level == 1)
            {
                Seek(step, ancestor);
            }
            else
            {
                ancestor.Level--;
            }
        }

        HandUp(step, predicate);
    }

    private static void Seek(Node node, Ancestor ancestor)
    {
        switch (node)
        {
            case NameNode or WildcardNode:
                SeekInStep(node, ancestor);
                break;
            case ParentNode:
                ancestor.Level++;
                break;
            case BlockNode block:
                if (block.Expressions.Count > 0)
                {
                    block.CarriesTuples = true;
                    Seek(block.Expressions[^1], ancestor);
                }

                break;
            case PathNode path:
                path.CarriesTuples = true;
                var index = path.Steps.Count - 1;
                do
                {
                    Seek(path.Steps[index--], ancestor);
                }
                while (ancestor.Level > 0 && index >= 0);
                break;
            default:
                throw new ExpressionFailure("S0217", node.Position);
        }
    }

    private static void SeekInStep(Node step, Ancestor ancestor)
    {
        ancestor.Level--;
        if (ancestor.Level > 0)
        {
            return;
        }

        if (step.Ancestor is null)
        {
            step.Ancestor = ancestor;
        }
        else
        {
            ancestor.Label = step.Ancestor.Label;
        }

        step.CarriesTuples = true;
    }
}
