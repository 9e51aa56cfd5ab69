using IntegrationConsole.Expressions.Compiling;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>A transform <c>| pattern | update, delete |</c>: gives a changed copy of what it is applied to.</summary>
internal sealed class Transformer(Evaluation pattern, Evaluation update, Evaluation? delete, Frame outer, (int Update, int? Delete) positions) : Function
{
    private static readonly Signature Takes = Signature.Of("<(oa):o>");

    public override int Arity => 1;

    public override Value Invoke(ReadOnlySpan<Value> arguments, Value input, Frame frame, Run run)
    {
        arguments = Takes.Check(arguments, input, run);
        if (arguments[0].IsUndefined)
        {
            return default;
        }

        var copy = Copies.Deep(arguments[0], run);
        var matches = new ItemWalk(pattern(copy, outer, run));
        while (matches.Next())
        {
            run.Step();
            if (!matches.Current.IsUndefined)
            {
                Change(matches.Current, run);
            }
        }

        return copy;
    }

    private void Change(Value match, Run run)
    {
        var target = match.Reference as ObjectValue;
        var changes = update(match, outer, run);
        if (!changes.IsUndefined)
        {
            if (changes.Kind != ValueKind.Object)
            {
                throw new ExpressionFailure("T2011", positions.Update, value: Brief.Of(changes));
            }

            for (var fields = new FieldWalk(changes); fields.Next();)
            {
                // What is set may hold what it is set into, and must not become part of itself.
                target?.Set(fields.Name, Copies.Detached(fields.Current, run));
            }
        }

        var deletions = delete is null ? default : delete(match, outer, run);
        for (var names = new ItemWalk(deletions); !deletions.IsUndefined && names.Next();)
        {
            if (names.Current.Kind != ValueKind.String)
            {
                throw new ExpressionFailure("T2012", positions.Delete, value: Brief.Of(deletions));
            }

            target?.Remove(names.Current.AsString());
        }
    }
}
