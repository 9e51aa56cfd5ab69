namespace IntegrationConsole.Expressions.Values;

/// <summary>Anything that can be called: a lambda, a built-in function, a regular expression, a partial application.</summary>
internal abstract class Function() : Boxed(ValueKind.Function)
{
    /// <summary>How many arguments a higher-order function offers to it.</summary>
    public abstract int Arity { get; }

    /// <param name="arguments">What it is called with.</param>
    /// <param name="input">The context at the place of the call, for parameters that default to it.</param>
    /// <param name="frame">The variables at the place of the call, for <c>$eval</c>.</param>
    /// <param name="run">The evaluation.</param>
    public abstract Value Invoke(ReadOnlySpan<Value> arguments, Value input, Frame frame, Run run);
}
