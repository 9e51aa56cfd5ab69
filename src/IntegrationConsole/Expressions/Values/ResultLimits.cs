namespace IntegrationConsole.Expressions.Values;

/// <summary>
/// Makes sure that a result can be written: it is not nested too deeply, and written out it stays within the limits.
/// A few bytes of values that share their parts can stand for more text than there is memory.
/// </summary>
internal static class ResultLimits
{
    /// <summary>What readers of JSON commonly allow, and ours does.</summary>
    private const int DepthLimit = 500;

    public static void Check(Value result, Run run, int depth)
    {
        switch (result.Reference)
        {
            case ListValue list:
                Enter(run, depth, list.Count);
                for (var index = 0; index < list.Count; index++)
                {
                    Check(list[index], run, depth + 1);
                }

                break;
            case ObjectValue made:
                Enter(run, depth, made.Count);
                for (var index = 0; index < made.Count; index++)
                {
                    run.Take(made.NameAt(index).Length);
                    Check(made.ValueAt(index), run, depth + 1);
                }

                break;
            case string text:
                run.Take(text.Length);
                break;
            case JsonSource source:
                run.Take(source.LengthAt((int)result.Bits));
                break;
        }
    }

    private static void Enter(Run run, int depth, int count)
    {
        run.Step();
        run.Take(4L * count);
        if (depth > DepthLimit)
        {
            throw new ExpressionFailure(ErrorCodes.Nesting);
        }
    }
}
