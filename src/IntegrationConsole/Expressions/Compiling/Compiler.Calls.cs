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
        var procedure = Callee(call, level, "T1005");
        var given = call.Arguments.Select(argument => Part(argument!, level + 1));
        Evaluation[] arguments = first is null ? [.. given] : [first, .. given];
        if (isTail)
        {
            return TailCall(procedure, arguments, call);
        }

        var site = new CallSite(level, call.Position, NameOf(call.Procedure));
        var keepArray = call.KeepArray;
        if (arguments.Length > 4)
        {
            return (input, frame, run) =>
            {
                var callee = procedure(input, frame, run);
                var values = All(arguments, input, frame, run);
                var function = callee.Function ?? throw NotCallable(site);
                return Sequences.Simplify(Calls.Invoke(function, values, input, frame, run, site), keepArray);
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

            var callee = procedure(input, frame, run);
            for (; done < arguments.Length; done++)
            {
                values[done] = arguments[done](input, frame, run);
            }

            var function = callee.Function ?? throw NotCallable(site);
            return Sequences.Simplify(Calls.Invoke(function, values[..arguments.Length], input, frame, run, site), keepArray);
        };
    }

    /// <summary>Leaves the call to whoever called the body around it, which it then takes the place of.</summary>
    private static Evaluation TailCall(Evaluation procedure, Evaluation[] arguments, CallNode call)
    {
        var position = call.Procedure.Position;
        var name = (call.Procedure as VariableNode)?.Name;
        var site = new CallSite(0, call.Position, NameOf(call.Procedure));
        return (input, frame, run) =>
        {
            var isOutermost = run.OpenCalls == 1 && run.Outermost is Functions.Lambda or PartialFunction;
            run.Outermost = isOutermost ? null : run.Outermost;
            var callee = procedure(input, frame, run);
            var values = All(arguments, input, frame, run);
            var function = callee.Function ?? throw NotCallable(site);
            if (isOutermost || ReferenceEquals(run.Outermost, function))
            {
                run.Outermost = function;
                run.OutermostPosition = position;
            }

            run.TailArguments = values;
            run.TailFunction = function;
            run.Position = position;
            run.Token = name ?? run.Token;
            return default;
        };
    }

    private static Value[] All(Evaluation[] arguments, Value input, Frame frame, Run run)
    {
        var values = new Value[arguments.Length];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = arguments[index](input, frame, run);
        }

        return values;
    }

    /// <summary>What is to be called. A name that lacks its dollar sign has an error of its own.</summary>
    private Evaluation Callee(CallNode call, int level, string likelyCode)
    {
        var procedure = Part(call.Procedure, level + 1);
        if (call.Procedure is not PathNode { Steps: [NameNode meant, ..] })
        {
            return procedure;
        }

        var likely = Resolve(meant.Name);
        return (input, frame, run) =>
        {
            var callee = procedure(input, frame, run);
            return callee.IsUndefined && !likely(input, frame, run).IsUndefined
                ? throw new ExpressionFailure(likelyCode, call.Position, meant.Name)
                : callee;
        };
    }

    private static ExpressionFailure NotCallable(CallSite site, string code = "T1006") => new(code, site.Position, site.Name);

    private static string? NameOf(Node procedure) => procedure switch
    {
        VariableNode variable => variable.Name,
        PathNode { Steps: [NameNode name, ..] } => name.Name,
        CallNode => "(",
        ArrayNode => "[",
        ObjectNode => "{",
        BinaryNode binary => binary.Operator,
        TextNode text => text.Text,
        NumberNode number => NumberText.Exact(number.Number),
        LiteralNode literal => literal.Word,
        _ => null,
    };

    private Evaluation Partial(CallNode call, int level)
    {
        var procedure = Callee(call, level, "T1007");
        var arguments = call.Arguments.Select(argument => argument is null ? null : Part(argument, level + 1)).ToArray();
        var open = Enumerable.Range(0, arguments.Length).Where(index => arguments[index] is null).ToArray();
        var site = new CallSite(level, call.Position, NameOf(call.Procedure));
        return (input, frame, run) =>
        {
            var given = new Value[arguments.Length];
            for (var index = 0; index < given.Length; index++)
            {
                given[index] = arguments[index] is { } argument ? argument(input, frame, run) : default;
            }

            var function = procedure(input, frame, run).Function ?? throw NotCallable(site, "T1008");
            return new Value(new PartialFunction(function, given, open));
        };
    }

    private Evaluation Lambda(LambdaNode lambda)
    {
        var signature = lambda.Signature is null ? null : Signature.Parse(lambda.Signature, lambda.SignaturePosition);
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
