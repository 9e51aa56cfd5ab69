using IntegrationConsole.Expressions.Compiling;
using IntegrationConsole.Expressions.Parsing;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>The built-in function <c>$eval</c>, which sees the variables of the place where it is called.</summary>
internal static class EvalFunction
{
    public static readonly BuiltIn[] All = [new("eval", "<sx?:x>", Eval)];

    private static Value Eval(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var run = call.Run;
        var position = run.Position;
        run.EnsureStack();
        var compiled = Compile(call, call[0].AsString(), position);
        var input = call[1].IsUndefined ? call.Input : Expression.Wrapped(call[1]);
        try
        {
            run.Enter(compiled.Deepest);
            return compiled.Body(input, compiled.NewFrame(call.Frame), run);
        }
        catch (ExpressionFailure failure) when (!failure.ToError().IsLimit)
        {
            throw new ExpressionFailure("D3121", position, "eval", failure.Code, failure.ToError().Message);
        }
    }

    private static CompiledBody Compile(Call call, string text, int position)
    {
        // What a text of this length may cost to compile.
        call.Run.Take(200L * text.Length);
        try
        {
            return Compiler.Compile(Parser.Parse(text), call.Frame.Scope);
        }
        catch (ExpressionFailure failure)
        {
            throw new ExpressionFailure("D3120", position, "eval", failure.Code, failure.ToError().Message);
        }
    }
}
