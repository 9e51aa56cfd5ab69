using IntegrationConsole.Expressions.Compiling;
using IntegrationConsole.Expressions.Parsing;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions;

/// <summary>A compiled JSONata expression. It holds no state of an evaluation, so any number may run at once.</summary>
public sealed class Expression
{
    private readonly CompiledBody _compiled;

    private Expression(string text, Node parsed)
    {
        Text = text;
        _compiled = Compiler.Compile(parsed, null);
        (PossibleKinds, IsConstant) = KindInference.Of(parsed);
    }

    public string Text { get; }

    /// <summary>The lookup tables that it names in so many words.</summary>
    public IReadOnlySet<string> Tables => _compiled.Tables!.Names;

    /// <summary>Which lookup tables it asks for shows only when it is evaluated: all of them have to be there.</summary>
    public bool AsksAnyTable => _compiled.Tables!.IsOpen;

    /// <summary>What it may give; a kind that is not in it is given for no input.</summary>
    public ValueKinds PossibleKinds { get; }

    /// <summary>It gives the same whatever the input is, at any time.</summary>
    public bool IsConstant { get; }

    /// <summary>Parses and compiles an expression, or says what is wrong with it.</summary>
    public static ExpressionParsing Parse(string text)
    {
        try
        {
            return new ExpressionParsing(new Expression(text, Parser.Parse(text)), null);
        }
        catch (ExpressionFailure failure)
        {
            return new ExpressionParsing(null, failure.ToError());
        }
        catch (InsufficientExecutionStackException)
        {
            return new ExpressionParsing(null, new ExpressionFailure(ErrorCodes.Nesting).ToError());
        }
    }

    /// <summary>
    /// Evaluates the expression on an input. What can go wrong with an expression or its data is in the outcome;
    /// only a cancellation is thrown.
    /// </summary>
    public ExpressionOutcome Evaluate(Value input, Surroundings surroundings, ExpressionLimits limits, CancellationToken cancellationToken) =>
        Evaluate(input, surroundings, limits, asTruth: false, cancellationToken);

    /// <summary>The same, with the result as the language's <c>$boolean</c> sees it: always true or false, and false where there is nothing.</summary>
    public ExpressionOutcome EvaluateTruth(Value input, Surroundings surroundings, ExpressionLimits limits, CancellationToken cancellationToken) =>
        Evaluate(input, surroundings, limits, asTruth: true, cancellationToken);

    private ExpressionOutcome Evaluate(Value input, Surroundings surroundings, ExpressionLimits limits, bool asTruth, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var run = new Run(input, surroundings, limits, cancellationToken);
        try
        {
            run.EnsureStack();
            run.Enter(_compiled.Deepest);
            var result = _compiled.Body(Wrapped(input), _compiled.NewFrame(null), run);
            result = WithoutTuples(result);
            ResultLimits.Check(result, run, 0);
            return new ExpressionOutcome(asTruth ? Value.Of(Truth.Of(result, run)) : result, null);
        }
        catch (ExpressionFailure failure)
        {
            return new ExpressionOutcome(default, run.Place(failure));
        }
        catch (InsufficientExecutionStackException)
        {
            return new ExpressionOutcome(default, run.Place(run.TooDeep()));
        }
    }

    /// <summary>An input that is an array counts as one item to the first step of a path.</summary>
    internal static Value Wrapped(Value input)
    {
        if (!input.IsArray || input.Reference is ListValue { IsSequence: true })
        {
            return input;
        }

        var wrapper = ListValue.Sequence(1);
        wrapper.Add(input);
        wrapper.IsOuterWrapper = true;
        return new Value(wrapper);
    }

    private static Value WithoutTuples(Value result)
    {
        if (result.Reference is not ListValue { IsTupleStream: true } tuples)
        {
            return result;
        }

        var items = ListValue.Sequence(tuples.Count);
        foreach (var tuple in tuples.AsSpan())
        {
            items.Add(((TupleValue)tuple.Reference!).At);
        }

        return Sequences.Simplify(items);
    }
}
