using System.Runtime.CompilerServices;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>Room for a few arguments on the stack.</summary>
[InlineArray(4)]
internal struct FewArguments
{
    private Value _first;
}

/// <summary>Where a call stands: its level, its position in the text, and the name by which the function is called there.</summary>
internal sealed record CallSite(int Level, int Position, string? Name);

/// <summary>
/// Calls functions at a known place and depth. An error inside them is placed at the outermost call, as the language's
/// reference places it: that is the one whose text the reader of the error has before him.
/// </summary>
internal static class Calls
{
    public static Value Invoke(Function function, ReadOnlySpan<Value> arguments, Value input, Frame frame, Run run, CallSite site)
    {
        var isOutermost = run.Outermost is null;
        if (isOutermost || ReferenceEquals(run.Outermost, function))
        {
            run.Outermost = function;
            run.OutermostPosition = site.Position;
        }

        run.OpenCalls++;
        var result = Pass(function, arguments, input, frame, run, site);
        run.OpenCalls--;
        if (isOutermost)
        {
            run.Outermost = null;
        }

        return result;
    }

    /// <summary>Calls without a place of its own: what is passed to a function by <c>~></c> alone.</summary>
    public static Value Pass(Function function, ReadOnlySpan<Value> arguments, Value input, Frame frame, Run run, CallSite site)
    {
        run.Step();
        var (depth, position, token) = (run.Depth, run.Position, run.Token);
        run.Depth = depth + site.Level;
        run.Position = site.Position;
        run.Token = site.Name ?? token;
        var result = function.Invoke(arguments, input, frame, run);
        (run.Depth, run.Position, run.Token) = (depth, position, token);
        return result;
    }
}
