using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>A function with some of its arguments given.</summary>
/// <param name="function">The function.</param>
/// <param name="given">Its arguments, nothing where one is still open.</param>
/// <param name="open">The places of the open ones.</param>
internal sealed class PartialFunction(Function function, Value[] given, int[] open) : Function
{
    public override int Arity => open.Length;

    public override Value Invoke(ReadOnlySpan<Value> arguments, Value input, Frame frame, Run run)
    {
        Value[] all = [.. given];
        for (var index = 0; index < open.Length && index < arguments.Length; index++)
        {
            all[open[index]] = arguments[index];
        }

        run.EnsureStack();
        return function.Invoke(all, input, frame, run);
    }
}
