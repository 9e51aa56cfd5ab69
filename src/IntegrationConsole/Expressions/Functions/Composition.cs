using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>Two functions joined by <c>~></c>: the second is applied to what the first gives.</summary>
internal sealed class Composition(Function first, Function second) : Function
{
    public override int Arity => 1;

    public override Value Invoke(ReadOnlySpan<Value> arguments, Value input, Frame frame, Run run)
    {
        run.EnsureStack();
        var argument = arguments.Length > 0 ? arguments[0] : default;
        var between = Sequences.Simplify(first.Invoke([argument], input, frame, run), false);
        return second.Invoke([between], input, frame, run);
    }
}
