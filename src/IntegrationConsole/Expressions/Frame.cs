using IntegrationConsole.Expressions.Compiling;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions;

/// <summary>The variables of one block, lambda call or tuple while it is evaluated.</summary>
internal sealed class Frame(Frame? parent, Scope scope, Value[] slots)
{
    public readonly Frame? Parent = parent;
    public readonly Scope Scope = scope;
    public readonly Value[] Slots = slots;
}
