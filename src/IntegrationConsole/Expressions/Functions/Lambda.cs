using IntegrationConsole.Expressions.Compiling;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>A function of the expression with the variables and the context of the place where it was written.</summary>
internal sealed class Lambda(CompiledBody body, int parameters, Signature? signature, Value input, Frame outer) : Function
{
    public override int Arity => parameters;

    public override Value Invoke(ReadOnlySpan<Value> arguments, Value context, Frame frame, Run run)
    {
        run.EnsureStack();
        var result = InvokeOnce(arguments, context, run);

        // A call in tail position was left to us, so that a loop written as recursion does not grow the stack.
        while (run.TailFunction is { } next)
        {
            run.Step();
            run.TailFunction = null;
            var nextArguments = run.TailArguments;
            result = next is Lambda lambda
                ? lambda.InvokeOnce(nextArguments, context, run)
                : next.Invoke(nextArguments, context, outer, run);
        }

        return result;
    }

    private Value InvokeOnce(ReadOnlySpan<Value> arguments, Value context, Run run)
    {
        if (signature is not null)
        {
            arguments = signature.Check(arguments, context, run);
        }

        run.Enter(body.Deepest);
        var frame = body.NewFrame(outer);
        for (var index = 0; index < parameters; index++)
        {
            var given = index < arguments.Length ? arguments[index] : default;
            frame.Slots[index] = given.IsUndefined ? new Value(Nothing) : given;
        }

        return body.Body(input, frame, run);
    }
}
