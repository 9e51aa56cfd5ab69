using System.Runtime.CompilerServices;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>Room for a few arguments on the stack.</summary>
[InlineArray(4)]
internal struct FewArguments
{
    private Value _first;
}

/// <summary>Calls functions at a known place and depth.</summary>
internal static class Calls
{
    public static Value Invoke(Function function, ReadOnlySpan<Value> arguments, Value input, Frame frame, Run run, int level, int position)
    {
        run.Step();
        var depth = run.Depth;
        run.Depth = depth + level;
        run.Position = position;
        var result = function.Invoke(arguments, input, frame, run);
        run.Depth = depth;
        return result;
    }
}
