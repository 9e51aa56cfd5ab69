using IntegrationConsole.Expressions.Functions;
using IntegrationConsole.Expressions.Parsing;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>The part that compiles functions and their calls.</summary>
internal sealed partial class Compiler
{
    /// <param name="call">The call.</param>
    /// <param name="level">Its level.</param>
    /// <param name="first">The left side of <c>~></c>, which comes before the arguments.</param>
    /// <param name="isTail">Nothing of the body around it is left to do after it.</param>
    private Evaluation Call(CallNode call, int level, Evaluation? first, bool isTail)
    {
        var procedure = Part(call.Procedure, level + 1);
        var given = call.Arguments.Select(argument => Part(argument!, level + 1));
        Evaluation[] arguments = first is null ? [.. given] : [first, .. given];
        var position = call.Position;
        var missing = NotCallable(call, "T1005", "T1006");
        if (isTail)
        {
            return TailCall(procedure, arguments, position, missing);
        }

        var keepArray = call.KeepArray;
        if (arguments.Length > 4)
        {
            return (input, frame, run) =>
            {
                var function = procedure(input, frame, run).Function ?? throw missing();
                return Sequences.Simplify(Calls.Invoke(function, All(arguments, input, frame, run), input, frame, run, level, position), keepArray);
            };
        }

        return (input, frame, run) =>
        {
            FewArguments few = default;
            Span<Value> values = few;
            var done = 0;
            if (first is not null)
            {
                values[done++] = first(input, frame, run);
            }

            var function = procedure(input, frame, run).Function ?? throw missing();
            for (; done < arguments.Length; done++)
            {
                values[done] = arguments[done](input, frame, run);
            }

            return Sequences.Simplify(Calls.Invoke(function, values[..arguments.Length], input, frame, run, level, position), keepArray);
        };
    }

    /// <summary>Leaves the call to whoever called the body around it.</summary>
    private static Evaluation TailCall(Evaluation procedure, Evaluation[] arguments, int position, Func<ExpressionFailure> missing) => (input, frame, run) =>
    {
        var function = procedure(input, frame, run).Function ?? throw missing();
        run.TailArguments = All(arguments, input, frame, run);
        run.TailInput = input;
        run.TailFunction = function;
        run.Position = position;
        return default;
    };

    private static Value[] All(Evaluation[] arguments, Value input, Frame frame, Run run)
    {
        var values = new Value[arguments.Length];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = arguments[index](input, frame, run);
        }

        return values;
    }

    /// <summary>The error for calling what is no function; a name that lacks its dollar sign gets its own.</summary>
    private static Func<ExpressionFailure> NotCallable(CallNode call, string likelyCode, string code)
    {
        var name = call.Procedure is PathNode { Steps: [NameNode only] } ? only.Name : (call.Procedure as VariableNode)?.Name;
        var isLikely = call.Procedure is PathNode && name is not null && Library.Find(name) is not null;
        return () => new ExpressionFailure(isLikely ? likelyCode : code, call.Position, name);
    }

    private Evaluation Partial(CallNode call, int level)
    {
        var procedure = Part(call.Procedure, level + 1);
        var arguments = call.Arguments.Select(argument => argument is null ? null : Part(argument, level + 1)).ToArray();
        var open = Enumerable.Range(0, arguments.Length).Where(index => arguments[index] is null).ToArray();
        var missing = NotCallable(call, "T1007", "T1008");
        return (input, frame, run) =>
        {
            var given = new Value[arguments.Length];
            for (var index = 0; index < given.Length; index++)
            {
                given[index] = arguments[index] is { } argument ? argument(input, frame, run) : default;
            }

            var function = procedure(input, frame, run).Function ?? throw missing();
            return new Value(new PartialFunction(function, given, open));
        };
    }

    private Evaluation Lambda(LambdaNode lambda)
    {
        var signature = lambda.Signature is null ? null : Signature.Parse(lambda.Signature, lambda.Position);
        var scope = new Scope(_scope);
        foreach (var parameter in lambda.Parameters)
        {
            scope.DeclareNew(parameter);
        }

        Declarations.Declare(scope, lambda.Body);
        var (outer, outside) = (_scope, _deepest);
        (_scope, _deepest) = (scope, 1);
        var compiled = new CompiledBody(Part(lambda.Body, 1, isTail: true), scope, _deepest);
        (_scope, _deepest) = (outer, outside);
        var parameters = lambda.Parameters.Count;
        return (input, frame, run) => new Value(new Lambda(compiled, parameters, signature, input, frame));
    }

    private Evaluation Transform(TransformNode transform, int level)
    {
        var pattern = Part(transform.Pattern, level + 1);
        var update = Part(transform.Update, level + 1);
        var delete = transform.Delete is null ? null : Part(transform.Delete, level + 1);
        var positions = (transform.Update.Position, transform.Delete?.Position);
        return (_, frame, _) => new Value(new Transformer(pattern, update, delete, frame, positions));
    }
}
