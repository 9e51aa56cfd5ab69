namespace IntegrationConsole.Schemas.Compiling;

/// <summary>Keeps the first reason why a schema can't be used.</summary>
internal sealed class Refusal
{
    public SchemaCompilation.Refused? First { get; private set; }

    public void Because(string pointer, string sentence) => First ??= new SchemaCompilation.Refused(pointer, sentence);
}
