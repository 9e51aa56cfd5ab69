using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>The code of a built-in function; its arguments have been checked against its signature.</summary>
internal delegate Value BuiltInBody(Call call);

/// <summary>The arguments of one call of a built-in function, and where it was called.</summary>
internal readonly ref struct Call(ReadOnlySpan<Value> arguments, Value input, Frame frame, Run run)
{
    private readonly ReadOnlySpan<Value> _arguments = arguments;

    public Value Input { get; } = input;

    public Frame Frame { get; } = frame;

    public Run Run { get; } = run;

    public int Count => _arguments.Length;

    /// <summary>An argument, or nothing where it was left out.</summary>
    public Value this[int index] => index < _arguments.Length ? _arguments[index] : default;
}

/// <summary>A function of the language itself.</summary>
internal sealed class BuiltIn(string name, string signature, BuiltInBody body, int? arity = null) : Function
{
    private readonly Signature _signature = Signature.Of(signature);

    public string Name { get; } = name;

    /// <summary>How many arguments it names; more only where it takes any number.</summary>
    public int MostArguments => _signature.Count;

    /// <summary>What it takes and gives, as the language writes it.</summary>
    public string SignatureText { get; } = signature;

    public override int Arity { get; } = arity ?? Signature.Of(signature).Count;

    public override Value Invoke(ReadOnlySpan<Value> arguments, Value input, Frame frame, Run run)
    {
        var token = run.Token;
        run.Token = Name;
        var result = body(new Call(_signature.Check(arguments, input, run), input, frame, run));
        run.Token = token;
        return result;
    }
}
